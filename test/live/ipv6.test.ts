import { beforeAll, expect, it } from 'vitest'
import { setSysctls } from '../lab/world.ts'
import { type AskedV6, askV6 } from '../scenarios/support/ask-v6.ts'
import { describeLive } from '../scenarios/support/describe-live.ts'
import { net, on, type Setup } from '../scenarios/support/plan.ts'
import { compareTruth } from '../conformance/compare-truth.ts'
import { expectedTruth } from '../conformance/expected-truth.ts'
import { holdNeighbors } from './hold-neighbors.ts'
import { serveIpv6 } from './serve-ipv6.ts'

const A1 = 'fd00:66:1::11'
const A2 = 'fd00:66:1::12'
const B1 = 'fd00:66:2::11'
const PLAIN = 'fd00:66:3::11'
const CLIENT = '2001:db8:51::200'

const six = (name: string, third: number, ...args: string[]): Setup['networks'][number] =>
  net(name, `br-${name}`, 60 + third, '--ipv6', '--subnet', `fd00:66:${third}::/64`, ...args)

const setup = (generation: '20' | '28'): Setup => ({
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

describeLive('IPv6, predicted and observed', setup, (stage, generation) => {
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
    const disagreements = compareTruth(expectedTruth(report, { answering: [CLIENT] }), truth)
    expect.soft(disagreements, `predicted: ${report.disposition}: ${report.reason}`).toEqual([])
    expect.soft(truth.outcome).toMatch(outcome)
    expect.soft(truth.discovery, 'neighbours are known').toBe(false)
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
})
