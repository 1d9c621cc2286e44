import { describe, expect, it } from 'vitest'
import { socket } from '../../support/build-host.ts'
import { RULES_20, RULES_28 } from '../../support/docker-rules.ts'
import { standardHost, withContainer } from '../../support/scene.ts'
import {
  datagram,
  frames,
  icmpOf,
  mainOf,
  matched,
  places,
  replyOf,
  steps,
  syn,
  trace,
} from '../../support/trace-words.ts'

describe('published ports', () => {
  it('from outside: DNAT, the listening socket, the answer from the published address', () => {
    const report = trace(standardHost(RULES_28), syn('external:198.51.100.7', '198.51.100.10', 8080))
    expect(report.disposition).toBe('delivered')
    expect(frames(mainOf(report).forward)).toEqual([
      'host ens5 in 198.51.100.7:40000 > 198.51.100.10:8080 ttl 64',
      'host docker0 out 198.51.100.7:40000 > 172.17.0.4:80 ttl 63',
      'host vethweb out 198.51.100.7:40000 > 172.17.0.4:80 ttl 63',
      'container:web eth0 in 198.51.100.7:40000 > 172.17.0.4:80 ttl 63',
    ])
    expect(steps(mainOf(report).forward, 'deliver')[0]).toMatchObject({ process: 'httpd', socket: 'tcp [::]:80' })
    expect(frames(replyOf(report)).at(-1)).toBe('host ens5 out 198.51.100.10:8080 > 198.51.100.7:40000 ttl 63')
    expect(replyOf(report).disposition).toBe('leaves-host')
    expect(report.warnings).toEqual([])
  })

  it('from the host: DNAT in OUTPUT, FORWARD not visited, the source stays', () => {
    const report = trace(standardHost(RULES_20), syn('host', '198.51.100.10', 18080))
    expect(frames(mainOf(report).forward)[0]).toBe('host brB out 198.51.100.10:40000 > 172.19.0.2:80 ttl 64')
    expect(matched(mainOf(report).forward).some((rule) => rule.includes('FORWARD'))).toBe(false)
    expect(replyOf(report).disposition).toBe('delivered')
  })

  it('from a container: docker-proxy takes it and opens a second connection from the gateway', () => {
    const report = trace(standardHost(RULES_28), syn('c1', '198.51.100.10', 18080))
    expect(report.disposition).toBe('delivered')
    expect(report.exchanges.map((exchange) => [exchange.label, exchange.main])).toEqual([
      ['TCP SYN', true],
      ['docker-proxy TCP SYN', false],
    ])
    expect(frames(report.exchanges[1]?.forward as never)[0]).toBe(
      'host brB out 172.19.0.1:40000 > 172.19.0.2:80 ttl 64',
    )
    expect(steps(mainOf(report).forward, 'proxy')[0]?.connects).toBe('172.19.0.2:80')
  })

  it('over loopback with nothing behind: connects, then is reset', () => {
    const host = standardHost(RULES_28, { containers: withContainer('web', { sockets: [] }) })
    const report = trace(host, syn('host', '127.0.0.1', 8080))
    expect(report.disposition).toBe('nothing-listening')
    expect(report.reason).toContain('is then reset')
    expect(replyOf(report).hops[0]?.packet.tcpFlags).toEqual(['syn', 'ack'])
    expect(places(mainOf(report).forward)).toEqual(['host lo in'])
  })

  it('from outside with nothing behind: refused at once by the container', () => {
    const host = standardHost(RULES_28, { containers: withContainer('web', { sockets: [] }) })
    const report = trace(host, syn('external:198.51.100.7', '198.51.100.10', 8080))
    expect(report.disposition).toBe('nothing-listening')
    expect(replyOf(report).hops[0]?.packet).toMatchObject({ tcpFlags: ['rst', 'ack'], length: 40 })
    expect(frames(replyOf(report)).at(-1)).toBe('host ens5 out 198.51.100.10:8080 > 198.51.100.7:40000 ttl 63')
  })

  it('DNAT towards the bridge that the packet came from stays bridged and needs hairpin mode', () => {
    const noProxy = RULES_20.replace(/-A DOCKER -i docker0 -j RETURN\n/, '').replace(
      '! -i docker0 -p tcp -m tcp --dport 8080',
      '-p tcp -m tcp --dport 8080',
    )
    const straight = trace(standardHost(noProxy), syn('c1', '198.51.100.10', 8080))
    expect(frames(mainOf(straight).forward)).toEqual([
      'container:c1 eth0 out 172.17.0.2:40000 > 198.51.100.10:8080 ttl 64',
      'host vethc1 in 172.17.0.2:40000 > 198.51.100.10:8080 ttl 64',
      'host vethweb out 172.17.0.2:40000 > 172.17.0.4:80 ttl 64',
      'container:web eth0 in 172.17.0.2:40000 > 172.17.0.4:80 ttl 64',
    ])
    const own = trace(standardHost(noProxy), syn('web', '198.51.100.10', 8080))
    expect(own.disposition).toBe('dropped')
    expect(own.reason).toContain('hairpin')
    const hairpin = withContainer('web', { port: { hairpin: true } })
    const allowed = trace(standardHost(noProxy, { containers: hairpin }), syn('web', '198.51.100.10', 8080))
    expect(places(mainOf(allowed).forward).at(-1)).toBe('container:web eth0 in')
  })
})

describe('sockets', () => {
  it('a closed TCP port answers with a reset', () => {
    const report = trace(standardHost(RULES_20), syn('c1', '172.17.0.3', 81))
    expect(report.disposition).toBe('nothing-listening')
    expect(replyOf(report)).toMatchObject({ disposition: 'delivered' })
  })

  it('a closed UDP port answers with ICMP port unreachable', () => {
    const report = trace(standardHost(RULES_20), datagram('c1', '172.17.0.3', 4242))
    expect(report.disposition).toBe('nothing-listening')
    expect(icmpOf(replyOf(report))).toBe('3/3')
    expect(replyOf(report).disposition).toBe('delivered')
  })

  it.each([
    [61, true],
    [2000, false],
  ])('a datagram of %s bytes is answered in kind, DF %s: what fits its way may not be cut', (length, dontFragment) => {
    const host = standardHost(RULES_20, { containers: withContainer('c2', { sockets: [socket('udp 0.0.0.0:7')] }) })
    const report = trace(host, { ...datagram('c1', '172.17.0.3', 7), length, dontFragment: false })
    expect(replyOf(report).hops[0]?.packet).toMatchObject({ length, dontFragment })
  })

  it('a wildcard UDP socket answers with the source of the way back; the report says what a careful program does', () => {
    const host = standardHost(RULES_20, { sockets: [socket('udp 0.0.0.0:7')] })
    const report = trace(host, datagram('external:198.51.100.7', '172.17.0.1', 7))
    expect(frames(replyOf(report))).toEqual(['host ens5 out 198.51.100.10:7 > 198.51.100.7:40000 ttl 64'])
    expect(report.warnings.join()).toContain('IP_PKTINFO answers from 172.17.0.1')
    expect(report.warnings.join()).toContain('will not take it')
  })

  it('docker-proxy of 20.10 answers datagrams from the address that the way back has', () => {
    const relay = socket('udp 0.0.0.0:9000', 'docker-proxy', { proxyTo: { address: '172.17.0.3', port: 9 } })
    const containers = withContainer('c2', { sockets: [socket('udp 0.0.0.0:9')] })
    const state = standardHost(RULES_20, { sockets: [relay], containers })
    const flow = datagram('c1', '198.51.100.10', 9000)
    const old = trace({ ...state, engine: { ...state.engine, generation: 20 } }, flow)
    expect(frames(replyOf(old))[0]).toBe('host docker0 out 172.17.0.1:9000 > 172.17.0.2:40000 ttl 64')
    expect(replyOf(old).disposition).toBe('nothing-listening')
    expect(frames(replyOf(trace(state, flow)))[0]).toBe('host docker0 out 198.51.100.10:9000 > 172.17.0.2:40000 ttl 64')
  })

  it('a datagram through docker-proxy with nobody behind is never answered', () => {
    const relay = socket('udp 0.0.0.0:9000', 'docker-proxy', { proxyTo: { address: '172.17.0.3', port: 9 } })
    const report = trace(standardHost(RULES_20, { sockets: [relay] }), datagram('host', '127.0.0.1', 9000))
    expect(report.disposition).toBe('nothing-listening')
    expect(mainOf(report).reply).toBeNull()
  })

  it('a datagram’s answer is assumed', () => {
    const host = standardHost(RULES_20, { containers: withContainer('c2', { sockets: [socket('udp 0.0.0.0:7')] }) })
    const report = trace(host, datagram('c1', '172.17.0.3', 7))
    expect(replyOf(report).hops[0]?.steps[0]?.evidence.basis).toBe('assumed')
  })

  it('sockets that were not read: cannot tell', () => {
    const host = standardHost(RULES_20, { containers: withContainer('c2', { sockets: null }) })
    const report = trace(host, syn('c1', '172.17.0.3', 80))
    expect(report.disposition).toBe('cannot-tell')
    expect(report.reason).toContain('container:c2')
  })
})
