import { describe, expect, it } from 'vitest'
import { aimAtNameServer } from '../../../src/backend/live/aim-at-name-server.ts'
import { chooseKind } from '../../../src/backend/live/choose-kind.ts'
import { nameAsked } from '../../../src/backend/live/plan-questions.ts'
import { foreignMarks, planForeign, planProbe } from '../../../src/backend/live/plan-watch.ts'
import { makeIdentity, pickFreePort } from '../../../src/backend/live/probe-identity.ts'
import { withoutHandshake } from '../../../src/backend/live/without-handshake.ts'
import type { HostState } from '../../../src/core/host/host-state.ts'
import type { Flow } from '../../../src/core/trace/flow.ts'
import type { TraceReport } from '../../../src/core/trace/trace-report.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import { readStandardHost } from '../../support/scripted-source.ts'

const state = readStandardHost()
const predict = (flow: Flow, host: HostState = state): TraceReport => {
  const traced = traceFlow(host, flow)
  if (!traced.ok) throw new Error(traced.problem.message)
  return traced.report
}
const sender = (name: string) => {
  const netns = state.namespaces.find((one) => one.name === name)
  if (netns === undefined) throw new Error(`no ${name}`)
  return netns
}
const plan = (flow: Flow, from: string, kind: 'icmp' | 'syn' | 'connect' = 'icmp') =>
  planProbe(
    state,
    predict(flow),
    { kind, identity: makeIdentity(), sender: sender(from), from: null, name: null },
    5000,
  )

describe('the plan of a watch', () => {
  it('watches the host, the sender and the target, and nobody whom only the question for a neighbour reaches', () => {
    const { plan: watch, unreachable } = plan({ from: 'c1', to: 'c2', protocol: 'icmp' }, 'container:c1')
    expect(watch.namespaces.map(({ netns }) => netns).sort()).toEqual(['container:c1', 'container:c2', 'host'])
    expect(unreachable).toEqual([])
  })

  it('enters the host without a process, and containers by theirs', () => {
    const { plan: watch } = plan({ from: 'c1', to: 'c2', protocol: 'icmp' }, 'container:c1')
    const pids = Object.fromEntries(watch.namespaces.map(({ netns, pid }) => [netns, pid]))
    const of = (name: string) => state.containers.find((one) => one.name === name)?.pid
    expect(pids).toEqual({ host: 0, 'container:c1': of('c1'), 'container:c2': of('c2') })
    expect(watch.send).toMatchObject({ pid: of('c1'), inode: sender('container:c1').id })
  })

  it('says what it cannot enter', () => {
    const lost = { ...state, containers: state.containers.map((one) => (one.name === 'c2' ? { ...one, pid: 0 } : one)) }
    const report = predict({ from: 'c1', to: 'c2', protocol: 'icmp' }, lost)
    const probe = {
      kind: 'icmp',
      identity: makeIdentity(),
      sender: sender('container:c1'),
      from: null,
      name: null,
    } as const
    expect(planProbe(lost, report, probe, 5000).unreachable.map(({ name }) => name)).toEqual(['container:c2'])
  })

  it('sends what was predicted: ports, TTL, length, don’t fragment', () => {
    const flow = { from: 'c1', to: 'web', protocol: 'tcp', sourcePort: 4711, destinationPort: 80, ttl: 9 } as const
    const words = plan({ ...flow, length: 100, dontFragment: false }, 'container:c1', 'syn').plan.send?.words
    expect(words).toEqual(expect.arrayContaining(['sport=4711', 'dport=80', 'ttl=9', 'length=100', 'df=0', 'kind=syn']))
  })

  it('waits shorter where nothing is to come back, unless a neighbour is asked for', () => {
    const report = predict({ from: 'a1', to: '172.19.0.2', protocol: 'icmp' })
    expect(report.disposition).toBe('dropped')
    const known = { ...report, exchanges: report.exchanges.filter(({ main }) => main) }
    expect(known.exchanges).not.toHaveLength(report.exchanges.length)
    const idle = (of: TraceReport) => {
      const netns = sender('container:a1')
      const probe = { kind: 'icmp', identity: makeIdentity(), sender: netns, from: null, name: null } as const
      return planProbe(state, of, probe, 5000).plan.idle
    }
    expect(idle(known)).toBeLessThan(idle(report))
  })

  it('follows a connection that docker-proxy makes, where the probe completes one', () => {
    const flow = { from: 'c1', to: 'host', protocol: 'tcp', destinationPort: 8080 } as const
    const [syn, connect] = (['syn', 'connect'] as const).map(
      (kind) => plan(flow, 'container:c1', kind).plan.namespaces[0],
    )
    expect(connect?.filter).toContain('(host 172.17.0.4 and tcp port 80)')
    expect(syn?.filter).not.toContain('tcp port 80')
  })

  it('has the sender ask for the name once more, and watches that as the probe itself', () => {
    const host = { ...state, names: [answer(sender('container:c1').id)] }
    const report = predict({ from: 'c1', to: 'facebook.com', protocol: 'icmp' }, host)
    const netns = sender('container:c1')
    const probe = { kind: 'icmp', identity: makeIdentity(), sender: netns, from: null, name: null } as const
    const { send, namespaces } = planProbe(host, report, probe, 5000).plan
    const [, port, id] =
      /^ask=(\d+) (\d+) 2500 203\.0\.113\.53 facebook\.com$/m.exec(send?.words.join('\n') ?? '') ?? []
    for (const { filter, rules } of namespaces) {
      expect(filter).toContain(`(udp[8:2] = ${id})`)
      expect(filter).toContain(`(udp[0:2] = ${port})`)
      expect(rules).toContain(`meta l4proto 17 @th,64,16 ${id} `)
    }
  })

  it.each([
    ['DNS db.lan', 'db.lan'],
    ['DNS db.lan.corp: NXDOMAIN', 'db.lan.corp'],
    ['DNS db (dockerd asks 192.0.2.1)', 'db'],
    ['ARP 192.0.2.1', null],
  ])('knows what %s asks for', (label, name) => {
    const [exchange] = predict({ from: 'c1', to: 'c2', protocol: 'icmp' }).exchanges
    if (exchange === undefined) throw new Error('a report without an exchange')
    expect(nameAsked({ ...exchange, label, protocol: label.startsWith('DNS') ? 'dns' : 'arp' })).toBe(name)
  })

  it('waits for the flow before and after its translation', () => {
    const report = predict({ from: 'external', to: 'host', protocol: 'tcp', destinationPort: 8080 })
    expect(foreignMarks(report, null).places).toEqual([
      { address: '198.51.100.20', port: 8080 },
      { address: '172.17.0.4', port: 80 },
    ])
    const { plan: watch } = planForeign(state, report, { id: 'x', from: null, limit: 1000 })
    expect(watch.send).toBeNull()
    expect(watch.namespaces.map(({ netns }) => netns)).toContain('container:web')
  })
})

describe('what is sent', () => {
  it.each([
    ['auto', 'icmp', 'icmp'],
    ['auto', 'tcp', 'syn'],
    ['auto', 'udp', 'udp'],
    ['http', 'tcp', 'http'],
  ] as const)('%s over %s is %s', (probe, protocol, kind) => {
    expect(chooseKind(probe, { from: 'a', to: 'b', protocol })).toEqual({ ok: true, value: kind })
  })

  it.each([
    ['http', 'icmp'],
    ['dns', 'tcp'],
    ['syn', 'udp'],
  ] as const)('%s over %s is refused', (probe, protocol) => {
    expect(chooseKind(probe, { from: 'a', to: 'b', protocol })).toMatchObject({
      ok: false,
      failure: { code: 'bad-flow' },
    })
  })

  it('has no handshake that docker-proxy would see, when it is a lone SYN', () => {
    const report = predict({ from: 'c1', to: 'host', protocol: 'tcp', destinationPort: 8080 })
    expect(report.exchanges.map(({ label }) => label)).toContain('docker-proxy TCP SYN')
    const lone = withoutHandshake(report)
    expect(lone.exchanges.map(({ label }) => label)).not.toContain('docker-proxy TCP SYN')
    expect(lone.exchanges.filter(({ main }) => main)).toHaveLength(1)
    expect(lone.warnings).toHaveLength(report.warnings.length + 1)
  })

  it('is a question to the name server that the sender asks', () => {
    const host = { ...state, names: [answer(sender('container:c1').id)] }
    const flow = { from: 'c1', to: 'facebook.com', protocol: 'udp', destinationPort: 53 } as const
    expect(aimAtNameServer('dns', flow, predict(flow, host))).toEqual({
      ok: true,
      value: {
        flow: { from: 'c1', to: '203.0.113.53', protocol: 'udp', destinationPort: 53, length: 58 },
        name: 'facebook.com',
      },
    })
  })

  it('comes from a port that nothing uses', () => {
    const taken = new Set(state.namespaces.flatMap(({ sockets }) => (sockets ?? []).map(({ port }) => port)))
    for (let round = 0; round < 50; round += 1) {
      const port = pickFreePort(state, 'tcp')
      expect(taken.has(port)).toBe(false)
      expect(port).toBeGreaterThanOrEqual(33_000)
      expect(port).toBeLessThan(61_000)
    }
  })
})

function answer(namespace: string) {
  return {
    namespace,
    name: 'facebook.com',
    server: '203.0.113.53',
    status: 'NOERROR',
    addresses: ['203.0.113.80'],
  } as const
}
