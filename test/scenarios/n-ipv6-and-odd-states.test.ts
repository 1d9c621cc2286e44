import { beforeAll, expect, it } from 'vitest'
import { run } from '../lab/run-command.ts'
import { ip } from '../lab/world.ts'
import { agree, type Verdict } from './support/agree.ts'
import { agreeRaw } from './support/agree-raw.ts'
import { askV6, type AskedV6 } from './support/ask-v6.ts'
import { describeLive } from './support/describe-live.ts'
import { sendRaw } from './support/observe-raw.ts'
import { net, on, type Setup } from './support/plan.ts'

const V1 = 'fd00:30:10::11'
const V2 = 'fd00:30:10::12'
const GATEWAY = 'fd00:30:10::1'
const CLIENT = '2001:db8:51::200'
const setup = (generation: '20' | '28'): Setup => ({
  generation,
  networks: [net('ref-6', 'ref-br6', 10, '--ipv6', '--subnet', 'fd00:30:10::/64', '--gateway', GATEWAY)],
  containers: [
    on('ref-6', 'v1', '172.30.10.11', { args: ['--ip6', V1] }),
    on('ref-6', 'v2', '172.30.10.12', { args: ['--ip6', V2, '-p', '18097:80'] }),
  ],
})

/** The link-local address of a device. */
async function linkLocal(netns: string, device: string): Promise<string> {
  const shown = await run([
    'nsenter',
    `--net=${netns}`,
    'ip',
    '-6',
    '-o',
    'addr',
    'show',
    'dev',
    device,
    'scope',
    'link',
  ])
  return /inet6 (fe80[^/]+)/.exec(shown)?.[1] ?? ''
}

describeLive('N: IPv6 and odd states', setup, (stage, generation) => {
  const old = generation === '20'

  beforeAll(async () => {
    // Neighbours know each other; docker0 and the bridges have got over their duplicate address detection.
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const pairs = [
      ['v1', V2],
      ['v1', GATEWAY],
      ['v2', GATEWAY],
      ['host', V1],
      ['host', V2],
      ['host', CLIENT],
    ] as const
    await Promise.all(
      pairs.map(([from, to]) => sendRaw(stage().path(from), { kind: 'icmp6', to, sourcePort: 9, timeoutMs: 600 })),
    )
    // busybox listens on IPv6 alone, as docker-proxy and DNAT of a container with an IPv6 address want it.
    await stage().engine.docker(['exec', '-d', 'v2', 'busybox', 'httpd', '-f', '-p', '[::]:80'])
    await stage().refresh()
  })

  const asked = async (from: string, to: string, what: AskedV6, verdict: Verdict, source?: string): Promise<void> => {
    const { report, truth } = await askV6(stage(), from, to, what, source)
    agreeRaw(report, truth, verdict, [CLIENT])
  }

  it('N1 [O v6.x] one bridge: through the ip6 tables, hop limit untouched', async () => {
    await asked(
      'v1',
      V2,
      {},
      {
        outcome: 'reply',
        disposition: 'delivered',
        frames: [/container:v2 eth0 in .* ttl 64/],
        rules: old ? [] : [/^host ip6 filter .*-i ref-br6 -j ACCEPT/],
      },
    )
  })

  it('N2 [O v6.x] no route on the host: 1/0 from the bridge', async () => {
    await asked('v1', '2001:db8:99::1', {}, { outcome: `unreachable 1/0 from ${GATEWAY}`, disposition: 'no-route' })
  })

  it('N3 [K] too big for the uplink: ICMPv6 2/0 from the bridge, no router cuts', async () => {
    await stage().during(['ip link set ens5 mtu 1400'], ['ip link set ens5 mtu 1500'], async () => {
      await stage().refresh()
      await asked('v1', CLIENT, { size: 1400 }, { outcome: `unreachable 2/0 from ${GATEWAY}`, disposition: 'too-big' })
    })
  })

  it('N4 [K] forwarding=0: discarded without a word', async () => {
    await stage().withSysctls({ 'net/ipv6/conf/all/forwarding': '0' }, async () => {
      await stage().refresh()
      await asked('v1', CLIENT, {}, { outcome: 'silence', disposition: 'dropped', noRules: [/FORWARD/] })
    })
  })

  it('N5 [S] a network of 20.10 has no IPv6 rules: reached from outside; 28 drops it in raw', async () => {
    const route = `fd00:30:10::/64 via 2001:db8:51::${old ? '10' : '20'} dev eth0`
    await ip(stage().path('client'), [`-6 route add ${route}`.replace('-6 ', '')])
    await stage().refresh()
    await asked(
      'client',
      V2,
      { tcp: 81 },
      old
        ? { outcome: 'refused', disposition: 'nothing-listening' }
        : {
            outcome: 'silence',
            disposition: 'dropped',
            rules: [/^host ip6 raw PREROUTING: -A PREROUTING -d fd00:30:10::12\/128 ! -i ref-br6 -j DROP/],
          },
      CLIENT,
    )
  })

  it('N7 [K] a paused container answers over IPv6, too', async () => {
    await stage().engine.docker(['pause', 'v2'])
    try {
      await stage().refresh()
      await asked('v1', V2, {}, { outcome: 'reply', disposition: 'delivered' })
    } finally {
      await stage().engine.docker(['unpause', 'v2'])
    }
  })

  it('N9 [O cmdlog] a bridge without ports: its route is used all the same, and nobody answers', async () => {
    await stage().refresh()
    agree(await stage().ask('host', '172.17.0.9', { timeoutMs: 3700 }), {
      outcome: 'unreachable 3/1 from 172.17.0.1',
      disposition: 'neighbor-unreachable',
    })
  })

  it('N10 [O cmdlog] fragments are one packet to the rules of a host that tracks connections', async () => {
    const rule = 'FORWARD -s 172.30.10.11 -m comment --comment forwarded'
    await stage().during([`iptables -I ${rule}`], [`iptables -D ${rule}`], async () => {
      const seen = await stage().ask('v1', '203.0.113.80', { size: 3000, df: false, id: stage().nextIdentity() })
      agree(seen, { outcome: 'reply', rules: [/comment forwarded x1$/, /MASQUERADE x1$/] })
      expect(
        seen.truth.frames.filter(({ device, direction }) => device === 'ens5' && direction === 'out'),
      ).toHaveLength(3)
    })
  })

  it('D15 [O d28.var.v6] a link-local client of a port published over IPv6: no DNAT, docker-proxy takes it', async () => {
    const own = `${await linkLocal(stage().path('client'), 'eth0')}%eth0`
    const host = `${await linkLocal(stage().path('host'), 'ens5')}%eth0`
    const verdict: Verdict = { outcome: 'reply', disposition: 'delivered', noRules: [/DNAT/] }
    await stage().refresh()
    await asked('client', host, { tcp: 18097 }, verdict, own)
    await asked('client', host, { tcp: 81 }, { outcome: 'refused', disposition: 'nothing-listening' }, own)
    const published = `2001:db8:51::${old ? '10' : '20'}`
    await asked('client', published, { tcp: 18097 }, old ? verdict : { outcome: 'reply', rules: [/DNAT/] }, CLIENT)
  })

  it('N1 [O v6.x] link-local addresses of one bridge: of the gateway, which the host is, and of a neighbour', async () => {
    const [gateway, neighbor] = [
      await linkLocal(stage().path('host'), 'ref-br6'),
      await linkLocal(stage().path('v2'), 'eth0'),
    ]
    await stage().refresh()
    const verdict: Verdict = { outcome: 'reply', disposition: 'delivered' }
    await asked('v1', `${gateway}%eth0`, {}, { ...verdict, noRules: [/FORWARD/] })
    await asked('v1', `${neighbor}%eth0`, {}, { ...verdict, frames: [/container:v2 eth0 in .* ttl 64/] })
    await asked('host', `${neighbor}%ref-br6`, { tcp: 81 }, { outcome: 'refused', disposition: 'nothing-listening' })
  })

  it('N6 [K] disable_ipv6=1 on the bridge: it has no address, and discovery fails', async () => {
    await stage().withSysctls({ 'net/ipv6/conf/ref-br6/disable_ipv6': '1' }, async () => {
      await ip(stage().path('v1'), ['neigh flush dev eth0'])
      await stage().refresh()
      await asked(
        'v1',
        GATEWAY,
        { timeoutMs: 3700 },
        { outcome: `unreachable 1/3 from ${V1}`, disposition: 'neighbor-unreachable' },
      )
    })
  })
})
