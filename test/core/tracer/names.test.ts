import { describe, expect, it } from 'vitest'
import type { ConntrackEntry } from '../../../src/core/host/conntrack-entry.ts'
import type { NameAnswer } from '../../../src/core/host/host-state.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import { RULES_20 } from '../../support/docker-rules.ts'
import { CONTAINERS, standardHost, withContainer } from '../../support/scene.ts'
import { frames, mainOf, matched, ping, syn, trace } from '../../support/trace-words.ts'

const answer = (namespace: string, more: Partial<NameAnswer> = {}): NameAnswer => ({
  namespace,
  name: 'facebook.com',
  server: '203.0.113.53',
  status: 'NOERROR',
  addresses: ['203.0.113.80'],
  ...more,
})

const labels = (report: { exchanges: readonly { label: string }[] }): string[] =>
  report.exchanges.map((exchange) => exchange.label).filter((label) => !label.startsWith('ARP'))

const isDns = ({ protocol }: { protocol: string }): boolean => protocol === 'dns'

describe('names', () => {
  it.each(['b2', 'store', 'B2', 'b2.net-b'])('%s on a shared user network is answered by dockerd over lo', (name) => {
    const report = trace(standardHost(RULES_20), ping('b1', name))
    expect(labels(report)).toEqual([`DNS ${name}`, 'ICMP echo'])
    const dns = report.exchanges[0]
    expect(dns?.protocol).toBe('dns')
    expect(matched(dns?.forward as never)).toContain(
      '-A DOCKER_OUTPUT -d 127.0.0.11/32 -p udp -m udp --dport 53 -j DNAT --to-destination 127.0.0.11:54680',
    )
    expect(frames(dns?.forward as never)).toEqual(['container:b1 lo in 127.0.0.1:45000 > 127.0.0.11:54680 ttl 64'])
    expect(frames(dns?.reply as never)).toEqual(['container:b1 lo in 127.0.0.11:53 > 127.0.0.1:45000 ttl 64'])
    expect(report.disposition).toBe('delivered')
  })

  it('an outside name: dockerd passes the question on from the container’s own namespace', () => {
    const host = standardHost(RULES_20, { names: [answer('container:b1', { server: '127.0.0.11' }), answer('host')] })
    const report = trace(host, ping('b1', 'facebook.com'))
    expect(labels(report)).toEqual(['DNS facebook.com', 'DNS facebook.com (dockerd asks 203.0.113.53)', 'ICMP echo'])
    const upstream = report.exchanges.find((exchange) => exchange.label.includes('asks'))
    expect(frames(upstream?.forward as never)[0]).toMatch(
      /^container:b1 eth0 out 172\.19\.0\.2:\d+ > 203\.0\.113\.53:53 ttl 64$/,
    )
  })

  it('a server that dockerd dials from the host', () => {
    const resolvConf = 'nameserver 127.0.0.11\n# ExtServers: [host(203.0.113.53)]\n'
    const host = standardHost(RULES_20, { names: [answer('host')], containers: withContainer('b1', { resolvConf }) })
    const upstream = trace(host, ping('b1', 'facebook.com')).exchanges.find((exchange) =>
      exchange.label.includes('asks'),
    )
    expect(upstream?.forward.hops[0]?.netns).toBe('host')
  })

  it('a question is a connection of its own, whatever was asked from those ports before', () => {
    const asked = (sourcePort: number): ConntrackEntry => ({
      family: 4,
      protocol: 'udp',
      timeoutSeconds: 100,
      state: null,
      original: { src: '127.0.0.1', dst: '127.0.0.11', sourcePort, destinationPort: 53 },
      reply: { src: '127.0.0.11', dst: '127.0.0.1', sourcePort: 54_680, destinationPort: sourcePort },
      flags: [],
      mark: 0,
      zone: 0,
    })
    const names = [answer('container:b1', { server: '127.0.0.11' }), answer('host')]
    const host = standardHost(RULES_20, { names })
    const namespaces = host.namespaces.map((netns) =>
      netns.name === 'container:b1' ? { ...netns, conntrack: [asked(45_000), asked(45_002)] } : netns,
    )
    const before = trace(host, ping('b1', 'facebook.com')).exchanges.filter(isDns)
    const report = trace({ ...host, namespaces }, ping('b1', 'facebook.com'))
    const after = report.exchanges.filter(isDns)
    expect(after.map(({ forward }) => matched(forward))).toEqual(before.map(({ forward }) => matched(forward)))
    expect(after.map(({ forward }) => forward.hops[0]?.packet.sourcePort)).toEqual([45_001, 45_003])
  })

  it('several servers behind 127.0.0.11: the first open way is taken, and said so', () => {
    const resolvConf = 'nameserver 127.0.0.11\n# ExtServers: [203.0.113.53 203.0.113.54]\n'
    const told = { names: [answer('container:b1', { server: '127.0.0.11' })] }
    const report = trace(
      standardHost(RULES_20, { ...told, containers: withContainer('b1', { resolvConf }) }),
      ping('b1', 'facebook.com'),
    )
    expect(labels(report)).toContain('DNS facebook.com (dockerd asks 203.0.113.53)')
    expect(report.warnings.join()).toContain('2 name servers (203.0.113.53, 203.0.113.54)')
    expect(trace(standardHost(RULES_20, told), ping('b1', 'facebook.com')).warnings.join()).not.toContain(
      'name servers',
    )
  })

  it('on the default bridge the container asks the nameserver itself', () => {
    const report = trace(standardHost(RULES_20, { names: [answer('container:c1')] }), ping('c1', 'facebook.com'))
    expect(labels(report)).toEqual(['DNS facebook.com', 'ICMP echo'])
    expect(report.exchanges[0]?.forward.disposition).toBe('leaves-host')
    expect(mainOf(report).forward.hops[0]?.packet.dst).toBe('203.0.113.80')
  })

  it('/etc/hosts needs no question', () => {
    const containers = withContainer('c1', { hosts: '127.0.0.1 localhost\n172.17.0.4 shop web-alias # linked\n' })
    const report = trace(standardHost(RULES_20, { containers }), syn('c1', 'shop:80', 80))
    expect(labels(report)).toEqual(['TCP SYN'])
    expect(report.disposition).toBe('delivered')
  })

  it('a container’s name that does not resolve there means its address, with a warning', () => {
    const report = trace(standardHost(RULES_20), ping('c1', 'b1'))
    expect(report.disposition).toBe('dropped')
    expect(report.warnings.join()).toContain('could not resolve')
  })

  it('an answer from elsewhere is used where the own resolver failed, and said so', () => {
    const names = [answer('container:b1', { status: 'TIMEOUT', addresses: [] }), answer('host')]
    const report = trace(standardHost(RULES_20, { names }), ping('b1', 'facebook.com'))
    expect(report.warnings.join()).toContain('own resolver gave no answer')
  })
})

describe('the order of a resolver', () => {
  const none = (name: string, status: NameAnswer['status'] = 'NXDOMAIN') =>
    answer('container:b1', { name, status, addresses: [], server: '127.0.0.11' })
  const yes = (name: string) => answer('container:b1', { name, server: '127.0.0.11' })
  const searching = (ndots: number) => `search a.test com\nnameserver 127.0.0.11\noptions ndots:${ndots}\n`
  const asked = (ndots: number, to: string, names: readonly NameAnswer[]): string[] => {
    const containers = withContainer('b1', { resolvConf: searching(ndots), dns: ['203.0.113.53'] })
    const report = trace(standardHost(RULES_20, { containers, names }), ping('b1', to))
    return labels(report).filter((label) => !label.includes('dockerd asks'))
  }

  it('asks below ndots with the search domains first, each question an exchange', () => {
    expect(asked(2, 'facebook', [none('facebook.a.test'), yes('facebook.com')])).toEqual([
      'DNS facebook.a.test: NXDOMAIN',
      'DNS facebook.com',
      'ICMP echo',
    ])
  })

  it('asks for a name with enough dots as it stands, and then with the search domains', () => {
    const names = [none('www.facebook'), none('www.facebook.a.test'), yes('www.facebook.com')]
    expect(asked(1, 'www.facebook', names)).toHaveLength(4)
    expect(asked(1, 'www.facebook', names)[0]).toBe('DNS www.facebook: NXDOMAIN')
  })

  it('ends the walk through the domains at the first silence, and tries the name as it stands', () => {
    const names = [none('b2x.a.test', 'TIMEOUT'), yes('b2x')]
    expect(asked(0, 'b2x', names)).toEqual(['DNS b2x', 'ICMP echo'])
    const dotted = [none('www.b2x.a.test', 'TIMEOUT'), yes('www.b2x')]
    expect(asked(2, 'www.b2x', dotted)).toEqual(['DNS www.b2x.a.test: no answer', 'DNS www.b2x', 'ICMP echo'])
  })

  it('does not pass on a name without a dot where ndots is set', () => {
    const names = [none('b9.a.test'), none('b9.com')]
    const containers = withContainer('b1', { resolvConf: searching(2) })
    const outcome = traceFlow(standardHost(RULES_20, { containers, names }), ping('b1', 'b9'))
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'unknown-name' } })
    if (!outcome.ok) expect(outcome.problem.message).toContain('ndots')
  })

  it('knows links, and addresses that several containers share', () => {
    const host = standardHost(RULES_20)
    const b1 = host.containers.find((each) => each.name === 'b1')
    const containers = host.containers.map((each) => ({
      ...each,
      endpoints: each.endpoints.map((endpoint) => ({
        ...endpoint,
        aliases: endpoint.networkName === 'net-b' ? ['svc'] : [],
        ...(each === b1 ? { links: ['b2:db'] } : {}),
      })),
    }))
    expect(mainOf(trace({ ...host, containers }, ping('b1', 'db'))).forward.hops[0]?.packet.dst).toBe('172.19.0.3')
    const shared = trace({ ...host, containers }, ping('b1', 'svc'))
    expect(shared.warnings.join()).toContain('2 addresses (172.19.0.2, 172.19.0.3)')
  })
})

describe('questions that get no answer', () => {
  const dropped = RULES_20.replace(
    '-A DOCKER-USER -j RETURN',
    '-A DOCKER-USER -p udp -m udp --dport 53 -j DROP\n-A DOCKER-USER -j RETURN',
  )
  const silent = answer('container:b1', { server: '127.0.0.11', status: 'TIMEOUT', addresses: [] })

  it('a rule that drops them is the end of the report, and nothing else is sent', () => {
    const containers = withContainer('b1', { dns: ['203.0.113.53', '203.0.113.54'] })
    const host = standardHost(dropped, { containers, names: [silent, answer('host')] })
    const report = trace(host, ping('b1', 'facebook.com'))
    expect(report.disposition).toBe('dropped')
    expect(matched(mainOf(report).forward).at(-1)).toContain('--dport 53 -j DROP')
    expect(labels(report)).toHaveLength(3)
    // Docker 28 says SERVFAIL in the end, 20.10 nothing at all.
    expect(report.exchanges[0]?.reply).not.toBeNull()
    const older = { ...host, engine: { ...host.engine, generation: 20 } }
    expect(trace(older, ping('b1', 'facebook.com')).exchanges[0]?.reply).toBeNull()
  })

  it('without rules for 127.0.0.11 nobody listens there', () => {
    const containers = withContainer('b1', { rules: '' })
    const report = trace(standardHost(RULES_20, { containers }), ping('b1', 'b2'))
    expect(report.disposition).toBe('nothing-listening')
  })

  it('on an internal network dockerd does not ask the host’s servers, and says SERVFAIL', () => {
    const resolvConf = 'nameserver 127.0.0.11\noptions ndots:0\n# ExtServers: [host(203.0.113.53)]\n'
    const host = standardHost(RULES_20, { containers: withContainer('b1', { resolvConf }), names: [answer('host')] })
    expect(trace(host, ping('b1', 'facebook.com')).disposition).toBe('leaves-host')
    const base = { driver: 'bridge', scope: 'local', attachable: false, ingress: false, ipv6: false } as const
    const plain = { subnets: [], options: {}, labels: {}, bridge: null } as const
    const networks = [{ ...base, ...plain, id: 'net-b', name: 'net-b', internal: true }]
    const outcome = traceFlow({ ...host, networks }, ping('b1', 'facebook.com'))
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'unknown-name' } })
    if (!outcome.ok) expect(outcome.problem.message).toContain('SERVFAIL')
  })
})

describe('flows that cannot be traced', () => {
  const host = standardHost(RULES_20, {
    names: [answer('container:c1', { status: 'NXDOMAIN', addresses: [] }), answer('host')],
  })

  it.each([
    ['an unknown sender', ping('c11', 'c2'), 'unknown-endpoint', 'did you mean c1 or '],
    ['a name near a container’s', ping('c1', 'webb'), 'unknown-endpoint', 'did you mean web?'],
    ['a name that nobody was asked for', ping('c1', 'example.org'), 'unknown-name', '--resolve example.org'],
    ['a name that does not exist', ping('c1', 'facebook.com'), 'unknown-name', 'check the name'],
    ['TCP without a port', { from: 'c1', to: 'c2', protocol: 'tcp' as const }, 'bad-flow', 'c2:PORT'],
    ['ICMP with a port', ping('c1', 'c2:80'), 'bad-flow', '--proto tcp'],
    ['two different ports', syn('c1', 'c2:81', 80), 'bad-flow', undefined],
    ['a port out of range', syn('c1', 'c2:70000', 70000), 'bad-flow', undefined],
    ['an empty end', ping('', 'c2'), 'bad-flow', undefined],
    ['a name with a space', ping('c1', 'a b'), 'bad-flow', undefined],
    ['a TTL of 0', ping('c1', 'c2', { ttl: 0 }), 'bad-flow', undefined],
    ['external without an address', ping('external:xyz', 'c2'), 'bad-flow', undefined],
  ])('%s', (_name, flow, code, hint) => {
    const outcome = traceFlow(host, flow)
    if (outcome.ok) throw new Error(outcome.report.reason)
    expect(outcome.problem.code).toBe(code)
    expect(outcome.problem.message).not.toBe('')
    if (hint !== undefined) expect(outcome.problem.hint).toContain(hint)
  })

  it('a container that is not running', () => {
    const state = standardHost(RULES_20)
    const stopped = state.containers.map((each) => ({ ...each, state: 'exited' as const, namespace: null }))
    const outcome = traceFlow({ ...state, containers: stopped }, ping('c1', 'c2'))
    expect(outcome).toMatchObject({
      ok: false,
      problem: { code: 'unknown-endpoint', hint: 'start it with: docker start c1' },
    })
  })

  it('an id prefix names a container', () => {
    const id = standardHost(RULES_20).containers[0]?.id.slice(0, 12) ?? ''
    expect(trace(standardHost(RULES_20), ping(id, '172.17.0.3')).disposition).toBe('delivered')
    expect(CONTAINERS[0]?.name).toBe('c1')
  })
})
