import { parseEnd } from '../../core/tracer/parse-end.ts'
import { prepareHost } from '../../core/tracer/prepare-host.ts'
import { resolveSource, type Source as Sender } from '../../core/tracer/resolve-source.ts'
import type { HostState } from '../../core/host/host-state.ts'
import { onlyConversation } from '../../core/observe/only-conversation.ts'
import type { Flow } from '../../core/trace/flow.ts'
import type { LiveReport, ProbeKind } from '../../core/trace/live-report.ts'
import type { TraceReport } from '../../core/trace/trace-report.ts'
import type { LiveProgress, Outcome } from '../../protocol/contract.ts'
import { whyNoKernel } from '../consent/why-no-kernel.ts'
import type { NumberedState } from '../state-keeper.ts'
import { type TraceBackend, type Traced, traceWithNames } from '../trace-with-names.ts'
import { aimAtNameServer } from './aim-at-name-server.ts'
import { chooseKind } from './choose-kind.ts'
import { findForeign } from './find-foreign.ts'
import { type LiveClock, makeReport, readWatch } from './make-report.ts'
import type { SentKind } from './probe-marks.ts'
import { type PlannedWatch, planForeign, planProbe } from './plan-watch.ts'
import { makeIdentity, pickFreePort } from './probe-identity.ts'
import { withoutHandshake } from './without-handshake.ts'

/** What is asked of a live trace. */
export interface LiveQuestion {
  readonly flow: Flow
  readonly tried: boolean
  readonly probe: ProbeKind
  /** The longest wait for an answer, or for somebody else's packet. */
  readonly waitSeconds: number
}

/** One live trace while it runs. */
interface Run {
  readonly backend: TraceBackend
  readonly held: NumberedState
  readonly question: LiveQuestion
  readonly kind: SentKind
  readonly clock: LiveClock
  readonly tell: (progress: LiveProgress) => void
  readonly signal: AbortSignal
}

/**
 * Sends one real packet and lays what became of it beside what was predicted for exactly this packet; a flow from outside
 * is waited for instead. Everything that was set up for it is gone when the promise settles, also when the signal ended it.
 */
export async function traceLive(
  backend: TraceBackend,
  held: NumberedState,
  question: LiveQuestion,
  clock: LiveClock,
  tell: (progress: LiveProgress) => void,
  signal: AbortSignal,
): Promise<Outcome<Traced<LiveReport>>> {
  const kind = chooseKind(question.probe, question.flow)
  if (!kind.ok) return kind
  const run: Run = { backend, held, question, kind: kind.value, clock, tell, signal }
  tell({ phase: 'predicting', text: 'predicting the way of the probe', fraction: null })
  const predicted = await predict(run, question.flow)
  if (!predicted.ok) return predicted
  const sender = findSender(held.state, question.flow)
  const { report } = predicted.value
  if (sender?.kind === 'inside') return traceOwn(run, report, sender)
  return traceForeign(run, report)
}

function predict(run: Run, flow: Flow): Promise<Outcome<Traced<TraceReport>>> {
  return traceWithNames(run.backend, run.held, { flow, tried: run.question.tried }, run.signal)
}

/** The prediction was made, so the source is one that can be found. */
function findSender(state: HostState, flow: Flow): Sender | null {
  const end = parseEnd(flow.from)
  if (end.kind === 'bad') return null
  const sender = resolveSource(prepareHost(state), end)
  return sender.ok ? sender.value : null
}

type InsideSender = Extract<Sender, { readonly kind: 'inside' }>

async function traceOwn(before: Run, first: TraceReport, sender: InsideSender): Promise<Outcome<Traced<LiveReport>>> {
  // Asking for names has had the host read anew, and the answers are with it.
  const run = { ...before, held: before.backend.keeper.current() ?? before.held }
  const lost = first.exchanges.find(({ main, protocol }) => main && protocol === 'dns')
  const kind = lost === undefined ? run.kind : 'dns'
  const aimed = aimAtNameServer(kind, run.question.flow, first)
  if (!aimed.ok) return aimed
  const { name } = aimed.value
  const flow = withSourcePort(aimed.value.flow, run.held.state)
  const predicted = await predict(run, flow)
  if (!predicted.ok) return predicted
  const { state } = run.held
  const { report: plain, on } = predicted.value
  const whole = kind === 'syn' ? withoutHandshake(plain) : plain
  const report = lost === undefined ? whole : { ...whole, warnings: [...whole.warnings, wordLost(run, name)] }
  const probe = {
    kind,
    identity: makeIdentity(),
    sender: sender.ns.netns,
    from: sender.address,
    name,
  }
  const watch = planProbe(state, report, probe, run.question.waitSeconds * 1000)
  const raw = await observe(run, state, watch, `waiting for the answer to ${describe(flow)}`)
  if (!raw.ok) return raw
  const parts = { probe: run.question.probe, state, flow, predicted: report, ...raw.value }
  return { ok: true, value: { report: makeReport(parts), on } }
}

/** Without an address there is nothing that the probe could be sent to. */
function wordLost({ question: { flow } }: Run, name: string | null): string {
  return `${flow.from} gets no address for ${name ?? flow.to}: the question for it is what was sent.`
}

/** The first packet that comes decides what is predicted: its sender and its ports are known only then. */
async function traceForeign(run: Run, first: TraceReport): Promise<Outcome<Traced<LiveReport>>> {
  const { flow, probe, waitSeconds } = run.question
  const end = parseEnd(flow.from)
  const from = end.kind === 'external' || end.kind === 'address' ? end.address : null
  const { state } = run.held
  const limit = waitSeconds * 1000
  const watch = planForeign(state, first, { id: makeIdentity().cookie, from, limit })
  const raw = await observe(run, state, watch, `waiting for a packet to ${describe(flow)}, ${waitSeconds} s at most`)
  if (!raw.ok) return raw
  const seen = findForeign(raw.value.observation, first, flow)
  if (seen === null) {
    const message = `no packet to ${describe(flow)} came within ${waitSeconds} s`
    return { ok: false, failure: { code: 'probe-failed', message, hint: 'send one, or wait longer with --wait' } }
  }
  const predicted = await predict(run, seen.flow)
  if (!predicted.ok) return predicted
  const observation = onlyConversation(raw.value.observation, seen.frame)
  const { report, on } = predicted.value
  const parts = { probe, state, flow: seen.flow, predicted: report, ...raw.value, observation }
  return { ok: true, value: { report: makeReport(parts), on } }
}

async function observe(run: Run, state: HostState, watch: PlannedWatch, waiting: string) {
  const { clock, tell, signal, backend } = run
  // Asking for a name has had the host read again, perhaps without the helper this time.
  const refusal = whyNoKernel(state, backend.source.status())
  if (refusal !== null) return { ok: false, failure: refusal } as const
  tell({ phase: 'starting', text: 'setting up what watches', fraction: null })
  const frames = await backend.source.watch(
    watch.plan,
    (phase) => {
      clock.note(phase)
      if (phase === 'sent' || phase === 'waiting') tell({ phase, text: waiting, fraction: null })
      else if (phase !== 'ready') tell({ phase, text: phase === 'first' ? 'seen' : 'answered', fraction: null })
    },
    signal,
  )
  if (!frames.ok) return frames
  tell({ phase: 'collecting', text: 'reading what was seen', fraction: null })
  return { ok: true, value: readWatch(state, watch, frames.value, clock) } as const
}

/** A connection of its own: an entry of conntrack's would take the probe another way than the first packet. */
function withSourcePort(flow: Flow, state: HostState): Flow {
  const end = parseEnd(flow.from)
  if (flow.sourcePort !== undefined || (end.kind !== 'bad' && end.port !== null)) return flow
  return { ...flow, sourcePort: pickFreePort(state, flow.protocol) }
}

function describe({ to, protocol, destinationPort }: Flow): string {
  return destinationPort === undefined ? `${to} (${protocol})` : `${to}:${destinationPort}`
}
