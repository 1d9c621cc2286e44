import { describe, expect, it } from 'vitest'
import { withoutHandshake } from '../../../src/backend/live/without-handshake.ts'
import type { HostState } from '../../../src/core/host/host-state.ts'
import type { Packet } from '../../../src/core/net/packet.ts'
import type { Observation } from '../../../src/core/observe/observation.ts'
import { observeReport } from '../../../src/core/observe/observe-report.ts'
import { sightOf } from '../../../src/core/observe/sight.ts'
import { assembleObservation } from '../../../src/core/parse/live/assemble-observation.ts'
import type { RawNamespace, RawObservation } from '../../../src/core/parse/live/raw-observation.ts'
import { checkReport } from '../../../src/core/trace/check-trace.ts'
import { compareReports } from '../../../src/core/trace/compare-reports.ts'
import type { Step } from '../../../src/core/trace/step.ts'
import type { Hop, TraceReport } from '../../../src/core/trace/trace-report.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import { type LiveCase, loadLive } from '../../fixtures/load-live.ts'

/** Docker 20.10 was traced by nft 1.0.6, 28.5 by nft 1.1.3. */
const hosts = ['docker-20', 'docker-28', 'docker-28-no-proxy'] as const

function predict(state: HostState, { flow }: LiveCase): TraceReport {
  const traced = traceFlow(state, flow)
  if (!traced.ok) throw new Error(traced.problem.message)
  return traced.report
}

/** A lone SYN is no connection that docker-proxy could accept. */
function predictProbe(state: HostState, live: LiveCase): TraceReport {
  const report = predict(state, live)
  return live.shows.startsWith('a connection') ? report : withoutHandshake(report)
}

function observe(state: HostState, live: LiveCase, raw: RawObservation = live.raw): TraceReport {
  const { value, problems } = assembleObservation(raw)
  expect(problems).toEqual([])
  return observeReport({ state, flow: live.flow, predicted: predictProbe(state, live), observation: value })
}

const hopsOf = ({ exchanges }: TraceReport): readonly Hop[] =>
  exchanges.flatMap(({ forward, reply }) => [...forward.hops, ...(reply?.hops ?? [])])

const stepsOf = (report: TraceReport): readonly Step[] => hopsOf(report).flatMap((hop) => hop.steps)

function caseOf(name: (typeof hosts)[number], shows: string): { readonly state: HostState; readonly live: LiveCase } {
  const { state, cases } = loadLive(name)
  const live = cases.find((each) => each.shows === shows)
  if (live === undefined) throw new Error(`${name} has no case "${shows}"`)
  return { state, live }
}

describe.each(hosts)('probes on %s', (name) => {
  const { state, cases } = loadLive(name)
  const foreseen = cases.filter(({ shows }) => shows !== 'a rule put in afterwards')

  it.each(foreseen)('$shows: seen as predicted', (live) => {
    const predicted = predictProbe(state, live)
    const observed = observe(state, live)
    expect(checkReport(observed)).toEqual([])
    const comparison = compareReports(predicted, observed, state)
    expect(comparison.divergence).toBeNull()
    expect(observed.disposition).toBe(predicted.disposition)
  })

  it.each(cases)('$shows: the frames of its way are those of the capture', (live) => {
    const { frames } = assembleObservation(live.raw).value
    const main = observe(state, live).exchanges.find((exchange) => exchange.main)
    const told = (main?.forward.hops ?? []).flatMap((hop) =>
      hop.frames.flatMap(({ at, src, dst, ttl }) => (at === undefined ? [] : [wordFrame(hop, { src, dst, ttl })])),
    )
    const captured = frames.filter(({ packet }) => isProbe(packet, live)).map((frame) => wordFrame(frame, frame.packet))
    expect(told).toEqual(expect.arrayContaining(captured))
    expect(told.length).toBe(captured.length)
    expect(told.length > 0 || live.raw.sender.outcome !== 'reply').toBe(true)
  })

  // Resets of answers to a lone SYN, and whole connections, meet rules that are no part of the report.
  it.each(cases.filter(({ flow }) => flow.protocol !== 'tcp'))(
    '$shows: rules are those whose counters rose',
    (live) => {
      const { counters } = assembleObservation(live.raw).value
      const rules = stepsOf(observe(state, live)).flatMap((step) =>
        step.kind === 'rule' && step.evidence.basis === 'nft-trace' ? [`${step.table} ${step.rule}`] : [],
      )
      const rose = counters.flatMap(({ table, rule, times }) => Array.from({ length: times }, () => `${table} ${rule}`))
      expect(rules.toSorted()).toEqual(rose.toSorted())
    },
  )
})

function wordFrame(
  { netns, device }: { readonly netns: string; readonly device: string | null },
  { src, dst, ttl }: Pick<Packet, 'src' | 'dst' | 'ttl'>,
): string {
  return `${netns} ${device} ${src} > ${dst} ttl ${ttl}`
}

/** By what no other packet of the lab has: its kind, and its port or echo id. */
function isProbe(packet: Packet, { flow }: LiveCase): boolean {
  if (flow.protocol === 'icmp') return packet.icmp?.type === 8 && packet.icmp.id === flow.sourcePort
  if (packet.protocol !== flow.protocol || packet.sourcePort !== flow.sourcePort) return false
  return flow.protocol === 'udp' || packet.tcpFlags?.join() === 'syn'
}

it.each(['docker-20', 'docker-28'] as const)('names a rule that came after the host was read (%s)', (name) => {
  const { state, live } = caseOf(name, 'a rule put in afterwards')
  const observed = observe(state, live)
  expect(checkReport(observed)).toEqual([])
  expect(observed.disposition).toBe('dropped')
  expect(observed.reason).toContain('-A DOCKER-USER -s 172.17.0.2/32 -d 172.17.0.3/32 -j DROP')
  const { divergence } = compareReports(predict(state, live), observed, state)
  expect(divergence).toContain('`-A DOCKER-USER -s 172.17.0.2/32 -d 172.17.0.3/32 -j DROP`')
})

describe('evidence', () => {
  const { state, live } = caseOf('docker-28', 'the internet')
  const observed = observe(state, live)

  it('tells rules from the trace, frames from taps, and what cannot be seen from the prediction', () => {
    const basesOf = (kind: Step['kind']): readonly string[] => [
      ...new Set(stepsOf(observed).flatMap((step) => (step.kind === kind ? [step.evidence.basis] : []))),
    ]
    expect(basesOf('rule')).toEqual(['nft-trace'])
    expect(basesOf('enter')).toEqual(['frame'])
    expect(basesOf('route')).toEqual(['prediction'])
    expect(basesOf('neighbor')).toEqual(['prediction'])
  })

  it('shows what masquerading did by the frame that left', () => {
    const rule = stepsOf(observed).find((step) => step.kind === 'rule' && step.verdict === 'masquerade')
    expect(rule?.diff).toEqual([{ field: 'ip.src', before: '172.17.0.2', after: '198.51.100.20' }])
  })

  it('dates frames from the first one on, in the order of the way', () => {
    const main = observed.exchanges.find((exchange) => exchange.main)
    const times = [...(main?.forward.hops ?? []), ...(main?.reply?.hops ?? [])].flatMap(({ frames }) =>
      frames.map(({ at }) => at ?? -1),
    )
    expect(times.length).toBe(8)
    expect(times[0]).toBe(0)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })
})

describe('with less to see', () => {
  const { state, live } = caseOf('docker-28', 'a neighbour')

  const withNamespace = (netns: string, change: (raw: RawNamespace) => RawNamespace): RawObservation => ({
    ...live.raw,
    namespaces: live.raw.namespaces.map((raw) => (raw.netns === netns ? change(raw) : raw)),
  })

  it('goes on without rule traces: rules are inferred where their counters rose', () => {
    const why = 'rules cannot be traced: Operation not permitted'
    const blind = withNamespace('host', (raw) => ({ ...raw, nftTrace: null, lacks: [{ what: 'rules', why }] }))
    const observed = observe(state, live, blind)
    expect(checkReport(observed)).toEqual([])
    expect(observed.disposition).toBe('delivered')
    expect(observed.warnings).toEqual([`host: ${why}`])
    const rules = stepsOf(observed).filter((step) => step.kind === 'rule')
    expect(rules.length).toBeGreaterThan(0)
    expect(new Set(rules.map(({ evidence }) => evidence.basis))).toEqual(new Set(['counter']))
    expect(compareReports(predict(state, live), observed, state).divergence).toBeNull()
  })

  it('does not claim a rule whose counter stood still', () => {
    const blind = withNamespace('host', (raw) => ({
      ...raw,
      nftTrace: null,
      saves: raw.saves.map((save) => ({ ...save, after: save.before })),
      lacks: [{ what: 'rules', why: 'no trace' }],
    }))
    expect(stepsOf(observe(state, live, blind)).filter((step) => step.kind === 'rule')).toEqual([])
  })

  it('infers a namespace that could not be entered, without frames that were not seen', () => {
    const why = 'container:c2 cannot be watched: it has just ended'
    const gone = withNamespace('container:c2', (raw) => ({
      ...raw,
      pcap: null,
      nftTrace: null,
      lacks: [{ what: 'namespace', why }],
    }))
    const observed = observe(state, live, gone)
    expect(checkReport(observed)).toEqual([])
    expect(observed.disposition).toBe('delivered')
    const there = hopsOf(observed).filter(({ netns }) => netns === 'container:c2')
    expect(there.flatMap(({ frames }) => frames.filter(({ at }) => at !== undefined))).toEqual([])
    expect(compareReports(predict(state, live), observed, state).divergence).toBeNull()
  })

  it('says that it cannot tell where nothing was watched', () => {
    const nothing: RawObservation = {
      ...live.raw,
      namespaces: [],
      drops: null,
      sender: { ...live.raw.sender, outcome: 'silence' },
    }
    const observed = observe(state, live, nothing)
    expect(checkReport(observed)).toEqual([])
    expect(observed.disposition).toBe('cannot-tell')
  })

  it('takes a sender without the right to send for no packet that was refused', () => {
    const why = 'packets cannot be captured: Operation not permitted'
    const bare = live.raw.namespaces.map((raw) => ({
      ...raw,
      pcap: null,
      nftTrace: '',
      lacks: [{ what: 'frames', why } as const],
    }))
    const detail = 'no socket can be opened for it: Operation not permitted'
    const sender = { outcome: 'unable', detail, roundTrip: null } as const
    const observed = observe(state, live, { ...live.raw, namespaces: bare, drops: null, sender })
    expect(checkReport(observed)).toEqual([])
    expect(observed.disposition).toBe('cannot-tell')
    expect(observed.reason).toContain(`it could not be sent (${detail})`)
    expect(observed.warnings).toEqual([`host, container:c1, container:c2: ${why}`])
    expect(compareReports(predict(state, live), observed, state).divergence).toBeNull()
  })

  it('says who took a packet where that namespace is not known: whoever is behind the wire', () => {
    const known = <T extends { readonly name?: string; readonly netns?: string }>(all: readonly T[]): readonly T[] =>
      all.filter((each) => (each.name ?? each.netns) !== 'container:c2')
    const { value } = assembleObservation({ ...live.raw, namespaces: known(live.raw.namespaces) })
    const less = { ...state, namespaces: known(state.namespaces) }
    const observed = observeReport({
      state: less,
      flow: live.flow,
      predicted: predict(less, live),
      observation: value,
    })
    expect(checkReport(observed)).toEqual([])
    expect(observed.reason).toMatch(/^It was taken by whoever is behind veth\w+ of host: an answer came back\.$/)
  })

  it('knows nothing of nft’s own rules where they are not traced: they are not listed with counters', () => {
    const raw = assembleObservation(live.raw).value
    const watched = [{ netns: 'host', lacks: [{ what: 'rules', why: 'rules cannot be traced' }] }] as const
    const sight = sightOf(state, { ...raw, counters: [], watched }, [])
    const rule = stepsOf(predict(state, live)).find((step) => step.kind === 'rule')
    if (rule === undefined) throw new Error('a ping without rules')
    expect(sight.counted('host', rule)).toBe('still')
    expect(sight.counted('host', { ...rule, rule: 'ip saddr 172.17.0.2 drop' })).toBe('unknown')
  })

  it('tells a port that nothing listens on by the kernel’s reason where no answer was seen', () => {
    const closed = caseOf('docker-28', 'a datagram to a closed port')
    const raw = assembleObservation(closed.live.raw).value
    const observation: Observation = {
      ...raw,
      frames: raw.frames.filter(({ packet }) => packet.quoted === undefined),
      rules: raw.rules.filter(({ event }) => event.kind !== 'packet' || event.packet.protocol === 'udp'),
      sender: { outcome: 'silence', detail: '', roundTrip: null },
    }
    const predicted = predict(closed.state, closed.live)
    const observed = observeReport({ state: closed.state, flow: closed.live.flow, predicted, observation })
    expect(checkReport(observed)).toEqual([])
    expect(observed.disposition).toBe('nothing-listening')
    expect(stepsOf(observed).at(-1)?.evidence.basis).toBe('drop-reason')
  })
})
