import { planProbe } from '../../src/backend/live/plan-watch.ts'
import type { SentKind } from '../../src/backend/live/probe-marks.ts'
import { makeIdentity, type ProbeIdentity } from '../../src/backend/live/probe-identity.ts'
import { readObservation } from '../../src/backend/live/read-observation.ts'
import { withoutHandshake } from '../../src/backend/live/without-handshake.ts'
import type { Source } from '../../src/backend/sources/source.ts'
import type { HostState } from '../../src/core/host/host-state.ts'
import type { RawObservation } from '../../src/core/parse/live/raw-observation.ts'
import type { TraceReport } from '../../src/core/trace/trace-report.ts'
import type { Observation, Observed } from './agent.ts'
import { tellSender } from './tell-sender.ts'

/** What Hopwire's own watcher, that of live traces, has to work on. */
export interface Watched {
  readonly source: Source
  readonly state: HostState
  /** The prediction for this very probe. */
  readonly report: TraceReport
  readonly spec: Observation['spec']
}

/** Longer than a neighbour that does not answer is asked for, milliseconds. */
const LIMIT = 15_000

const KINDS = { icmp: 'icmp', udp: 'udp', 'tcp-syn': 'syn' } as const

/** Returns the probe with all that a live trace knows its own by: cookie, sequence number. */
export function markProbe(spec: Observation['spec']): Observation['spec'] {
  const { cookie } = makeIdentity()
  switch (spec.kind) {
    case 'icmp':
      return { ...spec, cookie, seq: spec.id ?? 0 }
    case 'udp':
      return { ...spec, cookie }
    default:
      return spec
  }
}

/**
 * Has Hopwire's watcher look on while the agent sends a probe and measures; it sets up exactly what a live trace does, but
 * for the sender, and is told when the agent is done. Returns what both saw.
 */
export async function watchFlow(
  { source, state, report, spec }: Watched,
  send: (whenSeen: () => Promise<void>) => Promise<Observed>,
): Promise<{ readonly seen: Observed; readonly raw: RawObservation }> {
  const kind = kindOf(spec)
  const [sender] = state.namespaces
  if (sender === undefined) throw new Error('a host without a namespace')
  const probe = { kind, identity: identityOf(spec), sender, from: null, name: null }
  const planned = planProbe(state, predictedFor(spec.kind, report), probe, LIMIT)
  const watch = { ...planned, plan: { ...planned.plan, idle: LIMIT, send: null } }
  const [ready, begin] = deferred()
  const [enough, suffice] = deferred()
  const watching = source.watch(watch.plan, (phase) => phase === 'waiting' && begin(), undefined, enough)
  const early = watching.then((outcome) => {
    throw new Error(outcome.ok ? 'the watch ended by itself' : `the watch: ${outcome.failure.message}`)
  })
  await Promise.race([ready, early])
  early.catch(() => undefined)
  const end = async (): Promise<void> => {
    suffice()
    await watching
  }
  const seen = await send(end).finally(suffice)
  const outcome = await watching
  if (!outcome.ok) throw new Error(`the watch: ${outcome.failure.message}`)
  const [problem] = outcome.value.problems
  if (problem !== undefined) throw new Error(`the watch: ${problem.message}`)
  const raw = readObservation(state, watch, outcome.value.value)
  return { seen, raw: { ...raw, sender: tellSender(seen.result, spec.to) } }
}

function kindOf({ kind }: Observation['spec']): SentKind {
  if (kind === 'tcp-connect') throw new Error('a whole connection is not watched')
  return KINDS[kind]
}

/** A lone SYN is no connection that docker-proxy could accept. */
export function predictedFor(kind: Observation['spec']['kind'], report: TraceReport): TraceReport {
  return kind === 'tcp-syn' ? withoutHandshake(report) : report
}

function identityOf(spec: Observation['spec']): ProbeIdentity {
  const fresh = makeIdentity()
  if (spec.kind === 'tcp-syn') return { ...fresh, isn: spec.sequence ?? 0 }
  if (spec.kind === 'tcp-connect') return fresh
  const sequence = spec.kind === 'icmp' ? (spec.seq ?? 0) : fresh.sequence
  return { ...fresh, cookie: spec.cookie ?? fresh.cookie, sequence }
}

function deferred(): readonly [Promise<void>, () => void] {
  let settle = (): void => undefined
  const promise = new Promise<void>((resolve) => (settle = resolve))
  return [promise, () => settle()]
}
