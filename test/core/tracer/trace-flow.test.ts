import { describe, expect, it } from 'vitest'
import { address, device, namespace, socket } from '../../support/build-host.ts'
import { filterRule, RULES_20, RULES_28 } from '../../support/docker-rules.ts'
import { standardHost, withContainer } from '../../support/scene.ts'
import { frames, mainOf, matched, ping, places, replyOf, steps, syn, trace } from '../../support/trace-words.ts'

const OUT = '203.0.113.80'

describe('a container to the internet', () => {
  const report = trace(standardHost(RULES_20), ping('c1', OUT))

  it('leaves by the NIC with the host’s address, one TTL lower', () => {
    expect(report.disposition).toBe('leaves-host')
    expect(frames(mainOf(report).forward)).toEqual([
      `container:c1 eth0 out 172.17.0.2 > ${OUT} ttl 64`,
      `host vethc1 in 172.17.0.2 > ${OUT} ttl 64`,
      `host docker0 in 172.17.0.2 > ${OUT} ttl 64`,
      `host ens5 out 198.51.100.10 > ${OUT} ttl 63`,
    ])
  })

  it('cites the MASQUERADE rule, with the field that it rewrote', () => {
    const masquerade = steps(mainOf(report).forward, 'rule').find((step) => step.verdict === 'masquerade')
    expect(masquerade?.rule).toBe('-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE')
    expect(masquerade?.diff).toEqual([{ field: 'ip.src', before: '172.17.0.2', after: '198.51.100.10' }])
  })

  it('gets the assumed answer back to the container, translated before it is routed', () => {
    const reply = replyOf(report)
    expect(reply.disposition).toBe('delivered')
    expect(frames(reply)).toEqual([
      `host ens5 in ${OUT} > 198.51.100.10 ttl 64`,
      `host docker0 out ${OUT} > 172.17.0.2 ttl 63`,
      `host vethc1 out ${OUT} > 172.17.0.2 ttl 63`,
      `container:c1 eth0 in ${OUT} > 172.17.0.2 ttl 63`,
    ])
    expect(reply.hops[0]?.steps[0]?.evidence.basis).toBe('assumed')
    expect(matched(reply)).toContain('-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT')
  })

  it('changes the MACs at the host', () => {
    const out = mainOf(report).forward.hops.find((hop) => hop.device === 'ens5')?.frames[0]
    expect(out).toMatchObject({ sourceMac: '52:54:00:00:00:10', destinationMac: '52:54:00:00:00:01', length: 84 })
  })

  it('assumes no answer to a source that is not the host’s', () => {
    const bare = trace(standardHost(filterRule('')), ping('c1', OUT))
    expect(bare.disposition).toBe('leaves-host')
    expect(mainOf(bare).reply).toBeNull()
    expect(bare.warnings.join()).toContain('172.17.0.2')
  })

  it('gives the same report each time', () => {
    const again = trace(standardHost(RULES_20), ping('c1', OUT))
    expect(JSON.stringify(again)).toBe(JSON.stringify(report))
  })
})

describe('two bridges', () => {
  it('20.10 drops in its isolation chain, after docker0 has shown the frame', () => {
    const report = trace(standardHost(RULES_20), ping('c1', '172.19.0.2'))
    expect(report.disposition).toBe('dropped')
    expect(matched(mainOf(report).forward).at(-1)).toBe('-A DOCKER-ISOLATION-STAGE-2 -o brB -j DROP')
    expect(places(mainOf(report).forward).at(-1)).toBe('host docker0 in')
  })

  it('28.5 drops in raw PREROUTING, before docker0 sees it', () => {
    const report = trace(standardHost(RULES_28), ping('c1', '172.19.0.2'))
    expect(report.disposition).toBe('dropped')
    expect(matched(mainOf(report).forward)).toEqual(['-A PREROUTING -d 172.19.0.2/32 ! -i brB -j DROP'])
    expect(places(mainOf(report).forward).at(-1)).toBe('host vethc1 in')
  })

  it('the other bridge’s gateway is the host itself: INPUT, no FORWARD', () => {
    const report = trace(standardHost(RULES_20), ping('c1', '172.19.0.1'))
    expect(report.disposition).toBe('delivered')
    expect(matched(mainOf(report).forward).filter((rule) => rule.includes('FORWARD'))).toEqual([])
    expect(replyOf(report).disposition).toBe('delivered')
  })
})

describe('what cannot be told', () => {
  it('a gap in the host’s rules', () => {
    const host = standardHost(RULES_20, {
      host: { rulesets: { iptables: null, nft: null, ipsets: null } },
      gaps: [{ namespace: 'host', what: 'iptables', why: 'permission denied' }],
    })
    const report = trace(host, ping('c1', OUT))
    expect(report.disposition).toBe('cannot-tell')
    expect(report.reason).toContain('permission denied')
  })

  it('a namespace of which nothing was read, be it the sender’s', () => {
    const state = standardHost(RULES_20, { gaps: [{ namespace: 'container:c1', what: 'routes', why: 'timed out' }] })
    expect(trace(state, ping('c1', OUT))).toMatchObject({
      disposition: 'cannot-tell',
      reason: expect.stringContaining('timed out'),
    })
    const empty = standardHost(RULES_20, { containers: withContainer('c1', { over: { interfaces: [], routes: [] } }) })
    expect(trace(empty, ping('c1', OUT)).disposition).toBe('cannot-tell')
  })

  it('a device that is not modelled', () => {
    const host = standardHost(RULES_20, { nic: { kind: 'tun' } })
    const report = trace(host, ping('c1', OUT))
    expect(report.disposition).toBe('cannot-tell')
    expect(report.reason).toContain('tun')
  })

  it('a veth whose other end was not read', () => {
    const state = standardHost(RULES_20)
    const cut = { ...state, namespaces: state.namespaces.filter((each) => each.name !== 'container:c2') }
    const report = trace(cut, ping('c1', '172.17.0.3'))
    expect(report.disposition).toBe('cannot-tell')
  })

  it('a container whose veth leads into a namespace that was not read, as an overlay’s: no wire to machines outside', () => {
    const state = standardHost(RULES_20)
    const loose = (each: (typeof state.namespaces)[number]) =>
      each.name === 'container:c1'
        ? { ...each, interfaces: each.interfaces.map((device) => ({ ...device, peer: null })) }
        : each
    for (const to of ['172.17.0.3', '172.17.0.99', OUT]) {
      const report = trace({ ...state, namespaces: state.namespaces.map(loose) }, ping('c1', to))
      expect(report.disposition).toBe('cannot-tell')
      expect(report.reason).toContain('eth0')
    }
  })

  it('a route that spreads over several next hops', () => {
    const state = standardHost(RULES_20)
    const [host, ...rest] = state.namespaces
    const spread = host?.routes.map((each) =>
      each.destination === '0.0.0.0/0' ? { ...each, nextHops: [...each.nextHops, ...each.nextHops] } : each,
    )
    const report = trace(
      { ...state, namespaces: [{ ...(host as never as object), routes: spread } as never, ...rest] },
      ping('c1', OUT),
    )
    expect(report.disposition).toBe('cannot-tell')
    expect(report.reason).toContain('next hops')
  })
})

describe('namespaces', () => {
  it('two namespaces that send a packet back and forth end as a loop', () => {
    const left = device(5, 'wire', 'veth', {
      mac: '02:00:00:00:00:01',
      addresses: [address('10.9.0.1/24')],
      peer: { namespace: 'sandbox:r', device: 'wire' },
    })
    const right = device(5, 'wire', 'veth', {
      mac: '02:00:00:00:00:02',
      addresses: [address('10.9.0.2/24')],
      peer: { namespace: 'host', device: 'wire' },
    })
    const state = standardHost(filterRule(''))
    const [host, ...rest] = state.namespaces
    if (host === undefined) throw new Error('no host')
    const here = namespace({
      name: 'host',
      devices: [...host.interfaces.slice(1), left],
      routes: ['default via 10.9.0.2 dev wire'],
      sysctls: host.sysctls,
    })
    const there = namespace({
      name: 'sandbox:r',
      devices: [right],
      routes: ['default via 10.9.0.1 dev wire'],
      sysctls: { 'ipv4/ip_forward': '1' },
    })
    const report = trace({ ...state, namespaces: [here, ...rest, there] }, ping('c1', OUT))
    expect(report.disposition).toBe('loop')
    expect(mainOf(report).reply).toBeNull()
  })

  it('a container without a network has no way out', () => {
    const state = standardHost(RULES_20, {
      containers: withContainer('c2', {
        over: { interfaces: [device(1, 'lo', 'loopback', { addresses: [address('127.0.0.1/8')] })], routes: [] },
      }),
    })
    const report = trace(state, ping('c2', OUT))
    expect(report.disposition).toBe('no-route')
    expect(frames(mainOf(report).forward)).toEqual([])
  })

  it('two containers in one namespace talk over lo', () => {
    const state = standardHost(RULES_20, { containers: withContainer('c1', { sockets: [socket('tcp 0.0.0.0:80')] }) })
    const [first, ...others] = state.containers
    const sidecar = {
      ...(first as (typeof state.containers)[0]),
      name: 'sidecar',
      id: 'f'.repeat(64),
      endpoints: [],
      networkMode: 'container:c1',
    }
    const shared = { ...state, containers: [first as never, ...others, sidecar] }
    const report = trace(shared, syn('sidecar', '127.0.0.1', 80))
    expect(places(mainOf(report).forward)).toEqual(['container:c1 lo in'])
    expect(report.disposition).toBe('delivered')
    expect(trace(shared, syn('c2', 'sidecar', 80)).disposition).toBe('delivered')
  })

  it('synthesised state is marked in every step', () => {
    const report = trace(standardHost(RULES_20, { origin: 'sandbox' }), ping('c1', '172.17.0.3'))
    const bases = mainOf(report).forward.hops.flatMap((hop) => hop.steps.map((step) => step.evidence.basis))
    expect(new Set(bases)).toEqual(new Set(['synth']))
  })
})
