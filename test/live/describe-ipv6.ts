import { beforeAll, expect, it } from 'vitest'
import type { Generation } from '../lab/index.ts'
import { setSysctls } from '../lab/world.ts'
import { type AskedV6, askV6 } from '../scenarios/support/ask-v6.ts'
import { describeLive } from '../scenarios/support/describe-live.ts'
import { net, on, type Setup } from '../scenarios/support/plan.ts'
import type { Stage } from '../scenarios/support/stage.ts'
import { compareTruth } from '../conformance/compare-truth.ts'
import { expectedTruth } from '../conformance/expected-truth.ts'
import { compareDiscovery } from './compare-discovery.ts'
import { holdNeighbors } from './hold-neighbors.ts'
import { serveIpv6 } from './serve-ipv6.ts'

const A1 = 'fd00:66:1::11'
const A2 = 'fd00:66:1::12'
const B1 = 'fd00:66:2::11'
const PLAIN = 'fd00:66:3::11'
const CLIENT = '2001:db8:51::200'

const six = (name: string, third: number, ...args: string[]): Setup['networks'][number] =>
  net(name, `br-${name}`, 60 + third, '--ipv6', '--subnet', `fd00:66:${third}::/64`, ...args)

const setup = (generation: Generation): Setup => ({
  generation,
  ...(generation === '20' ? { daemonOptions: { experimental: true, ip6tables: true } } : {}),
  networks: [
    six('six-a', 1),
    six('six-b', 2),
    six('plain', 3, '-o', 'com.docker.network.bridge.enable_ip_masquerade=false'),
    net('four', 'br-four', 70),
  ],
  containers: [
    on('six-a', 'a1', '172.30.61.11', { args: ['--ip6', A1] }),
    on('six-a', 'a2', '172.30.61.12', { args: ['--ip6', A2, '-p', '18066:80', '-p', '18069:9999/udp'] }),
    on('six-b', 'b1', '172.30.62.11', { args: ['--ip6', B1, '-p', '18070:81'] }),
    on('plain', 'p1', '172.30.63.11', { args: ['--ip6', PLAIN] }),
    on('four', 'f1', '172.30.70.11', {
      args: ['-p', '18067:80', '-p', '18068:81', '-p', '18071:9999/udp'],
      udp: [9999],
    }),
  ],
})

/** What the engine predicts of IPv6 and what the kernel does with it, on one generation. */
export function describeIpv6(generation: Generation): void {
  describeLive('IPv6, predicted and observed', setup, (stage) => compareAll(stage, generation), [generation])
}

function compareAll(stage: () => Stage, generation: Generation): void {
  const NIC = generation === '20' ? '2001:db8:51::10' : '2001:db8:51::20'

  beforeAll(async () => {
    const names = ['host', 'a1', 'a2', 'b1', 'p1', 'f1', 'client']
    // Each probe gets its ICMP error, and no half-open connection is answered twice.
    const steady = { 'net/ipv6/icmp/ratelimit': '0', 'net/ipv4/tcp_synack_retries': '0' }
    for (const name of names) await setSysctls(stage().path(name), steady)
    await serveIpv6(stage(), 'a2', A2)
    await serveIpv6(stage(), 'f1', '0.0.0.0')
    await serveIpv6(stage(), 'client', CLIENT, 81)
    await holdNeighbors(stage(), {
      host: [A1, A2, B1, PLAIN, '172.30.70.11', CLIENT],
      a1: [A2, 'fd00:66:1::1'],
      a2: [A1, 'fd00:66:1::1'],
      b1: ['fd00:66:2::1'],
      p1: ['fd00:66:3::1'],
      f1: ['172.30.70.1'],
      client: [NIC],
    })
    await stage().refresh()
  })

  const compare = async (from: string, to: string, what: AskedV6, outcome: string | RegExp): Promise<void> => {
    const { report, truth } = await askV6(stage(), from, to, what, from === 'client' ? CLIENT : undefined)
    expect.soft(report.disposition === 'cannot-tell' ? report.reason : 'decided').toBe('decided')
    const all = compareTruth(expectedTruth(report, { answering: [CLIENT] }), truth)
    // Discovery that would not keep quiet has raised counters, too.
    const disagreements = all.filter(({ about }) => !truth.discovery || about !== 'rules')
    expect.soft(disagreements, `predicted: ${report.disposition}: ${report.reason}`).toEqual([])
    expect.soft(truth.outcome).toMatch(outcome)
  }

  const changed = (commands: readonly string[], undo: readonly string[], work: () => Promise<void>): Promise<void> =>
    stage().during(commands, undo, work)

  /** What has an effect on the NIC makes it forget its neighbours. */
  const holdOutside = async (): Promise<void> => {
    await holdNeighbors(stage(), { host: [CLIENT], client: [NIC] }, 500)
    await stage().refresh()
  }

  it('N1 two containers of one bridge: echo', () => compare('a1', A2, {}, 'reply'))
  it('N1 a listening port of the same bridge', () => compare('a1', A2, { tcp: 80 }, 'reply'))
  it('N1 a UDP echo of the same bridge', () => compare('a1', A2, { udp: 9999 }, 'reply'))
  it('a closed TCP port', () => compare('a1', A2, { tcp: 4242 }, 'refused'))
  it('a closed UDP port: 1/4 from the container', () => compare('a1', A2, { udp: 4242 }, `unreachable 1/4 from ${A2}`))
  it('the gateway', () => compare('a1', 'fd00:66:1::1', {}, 'reply'))
  it('a closed UDP port of the gateway', () =>
    compare('a1', 'fd00:66:1::1', { udp: 4242 }, 'unreachable 1/4 from fd00:66:1::1'))
  it("the host's own address from a container", () => compare('a1', NIC, {}, 'reply'))
  it('the gateway of another bridge', () => compare('a1', 'fd00:66:2::1', {}, 'reply'))
  it('outside, masqueraded: echo', () => compare('a1', CLIENT, {}, 'reply'))
  it('outside, masqueraded: TCP', () => compare('a1', CLIENT, { tcp: 81 }, 'reply'))
  it('outside, without masquerading', () => compare('p1', CLIENT, {}, 'silence'))
  it('two bridges: isolation', () => compare('a1', B1, {}, 'silence'))
  it('a closed port of a container, from the host', () => compare('host', B1, { tcp: 80 }, 'refused'))
  it('the host to a container', () => compare('host', A2, {}, 'reply'))
  it('the host to a listening port of a container', () => compare('host', A2, { tcp: 80 }, 'reply'))
  it('the host to its own address', () => compare('host', NIC, {}, 'reply'))
  it('the host outside', () => compare('host', CLIENT, {}, 'reply'))
  it('the host to its own published port', () => compare('host', NIC, { tcp: 18066 }, 'reply'))
  it('the host to its published port on ::1: docker-proxy', () => compare('host', '::1', { tcp: 18066 }, 'reply'))
  it('outside to a published port', () => compare('client', NIC, { tcp: 18066 }, 'reply'))
  it('outside to a published UDP port', () => compare('client', NIC, { udp: 18069 }, 'reply'))
  it('outside to a published port with nothing behind it', () => compare('client', NIC, { tcp: 18070 }, 'refused'))
  it('outside to a closed port', () => compare('client', NIC, { tcp: 4242 }, 'refused'))
  it('outside to a closed UDP port', () => compare('client', NIC, { udp: 4242 }, /^unreachable 1\/4 from/))
  it('a container to a port published by another bridge', () => compare('b1', NIC, { tcp: 18066 }, 'reply'))
  it('a container to its own published port', () => compare('a2', NIC, { tcp: 18066 }, /./))
  it('D14 outside to a v4-only container: docker-proxy', () => compare('client', NIC, { tcp: 18067 }, 'reply'))
  it('D14 outside to a v4-only container over UDP: docker-proxy', () => compare('client', NIC, { udp: 18071 }, 'reply'))
  it('D14 a container to a v4-only container: docker-proxy', () => compare('a1', NIC, { udp: 18071 }, /./))
  it('N2 no route: 1/0 from the bridge', () => compare('a1', '2001:db8:99::1', {}, 'unreachable 1/0 from fd00:66:1::1'))
  it('no route at all: the sender is told at once', () => compare('host', '2001:db8:99::1', {}, 'error ENETUNREACH'))
  it('a hop limit of 1', () => compare('a1', CLIENT, { ttl: 1 }, 'unreachable 3/0 from fd00:66:1::1'))
  it('a hop limit of 1 across a bridge is untouched', () => compare('a1', A2, { ttl: 1 }, 'reply'))

  it('N3 too big for the way out: no router cuts, and the sender is told', () =>
    changed(['ip link set ens5 mtu 1400'], ['ip link set ens5 mtu 1500'], async () => {
      await holdOutside()
      await compare('a1', CLIENT, { size: 1400 }, 'unreachable 2/0 from fd00:66:1::1')
      await compare('host', CLIENT, { size: 1400 }, 'error EMSGSIZE')
    }))

  it('N4 forwarding off: dropped without a word, but "no route" is still said', () =>
    stage().withSysctls({ 'net/ipv6/conf/all/forwarding': '0' }, async () => {
      await stage().refresh()
      await compare('a1', CLIENT, {}, 'silence')
      await compare('a1', '2001:db8:99::1', {}, 'unreachable 1/0 from fd00:66:1::1')
    }))

  it.each([
    ['unreachable', 'unreachable 1/0 from fd00:66:1::1', 'error EHOSTUNREACH'],
    ['prohibit', 'unreachable 1/1 from fd00:66:1::1', 'error EACCES'],
    ['blackhole', 'silence', 'error EINVAL'],
  ])('a route that is %s', (type, forwarded, local) =>
    changed([`ip -6 route add ${type} 2001:db8:88::/64`], [`ip -6 route del ${type} 2001:db8:88::/64`], async () => {
      await stage().refresh()
      await compare('a1', '2001:db8:88::1', {}, forwarded)
      await compare('host', '2001:db8:88::1', {}, local)
    }),
  )

  it.each([
    ['icmp6-no-route', '1/0'],
    ['icmp6-adm-prohibited', '1/1'],
    ['icmp6-addr-unreachable', '1/3'],
    ['icmp6-port-unreachable', '1/4'],
    ['icmp6-policy-fail', '1/5'],
    ['icmp6-reject-route', '1/6'],
  ])('REJECT --reject-with %s', (how, code) => {
    const forward = `FORWARD -s ${A1} -d ${CLIENT} -j REJECT --reject-with ${how}`
    const bridged = `FORWARD -s ${A1} -d ${A2} -j REJECT --reject-with ${how}`
    const undo = [`ip6tables -D ${forward}`, `ip6tables -D ${bridged}`]
    return changed([`ip6tables -I ${forward}`, `ip6tables -I ${bridged}`], undo, async () => {
      await stage().refresh()
      await compare('a1', CLIENT, {}, `unreachable ${code} from fd00:66:1::1`)
      await compare('a1', A2, {}, /./)
    })
  })

  it('REJECT --reject-with tcp-reset, forwarded, bridged and in INPUT', () => {
    const rules = [
      `FORWARD -p tcp -s ${A1} -j REJECT --reject-with tcp-reset`,
      `INPUT -p tcp -s ${A1} -j REJECT --reject-with tcp-reset`,
    ]
    const each = (action: string): string[] => rules.map((rule) => `ip6tables -${action} ${rule}`)
    return changed(each('I'), each('D'), async () => {
      await stage().refresh()
      await compare('a1', CLIENT, { tcp: 81 }, 'refused')
      await compare('a1', A2, { tcp: 80 }, /./)
      await compare('a1', NIC, { tcp: 4242 }, 'refused')
    })
  })

  it('DROP in DOCKER-USER', () =>
    changed(
      [`ip6tables -I FORWARD -p udp -s ${A1} -j DROP`],
      [`ip6tables -D FORWARD -p udp -s ${A1} -j DROP`],
      async () => {
        await stage().refresh()
        await compare('a1', A2, { udp: 9999 }, 'silence')
        await compare('a1', A2, { tcp: 80 }, 'reply')
      },
    ))

  it('bridged packets meet no rules where bridge-nf-call-ip6tables is 0', () =>
    stage().withSysctls({ 'net/bridge/bridge-nf-call-ip6tables': '0' }, async () => {
      await stage().refresh()
      await compare('a1', A2, { tcp: 80 }, 'reply')
      await compare('a1', A2, { ttl: 1 }, 'reply')
    }))

  it('N7 a paused container answers all the same', async () => {
    await stage().engine.docker(['pause', 'a2'])
    try {
      await stage().refresh()
      await compare('a1', A2, {}, 'reply')
    } finally {
      await stage().engine.docker(['unpause', 'a2'])
    }
  })

  it('a deprecated address is not chosen, and the label decides', () =>
    changed(
      [
        'ip -6 addr add 2001:db8:51::77/64 dev ens5 preferred_lft 0 nodad',
        'ip -6 addr add fd00:51::77/64 dev ens5 nodad',
      ],
      ['ip -6 addr del 2001:db8:51::77/64 dev ens5', 'ip -6 addr del fd00:51::77/64 dev ens5'],
      async () => {
        await holdOutside()
        await compare('host', CLIENT, {}, 'reply')
        await compare('host', A1, {}, 'reply')
        await compare('a1', CLIENT, {}, 'reply')
      },
    ))

  it.each([
    ['a container asks for another one', 'a1', A2, ['a1', 'a2', 'b1', 'host'], { a1: [A2], a2: [A1] }],
    [
      'a container asks for its gateway',
      'a1',
      'fd00:66:1::1',
      ['a1', 'a2', 'host'],
      { a1: ['fd00:66:1::1'], host: [A1] },
    ],
    ['the host asks for a container', 'host', A1, ['a1', 'a2', 'host'], { a1: ['fd00:66:1::1'], host: [A1] }],
    ['a container asks for nobody', 'a1', 'fd00:66:1::99', ['a1', 'a2', 'host'], {}],
  ])('neighbour discovery: %s', async (_what, from, to, watched, cold) => {
    await compareDiscovery(stage(), { from, to, watched, cold })
  })
}
