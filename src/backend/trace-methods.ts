import { nameBasis } from '../core/host/name-basis.ts'
import type { LiveProgress, Made } from '../protocol/contract.ts'
import type { Service } from '../protocol/service.ts'
import { whyNoKernel } from './consent/why-no-kernel.ts'
import type { LabDesk } from './labs/lab-desk.ts'
import { startClock } from './live/make-report.ts'
import { traceLive } from './live/trace-live.ts'
import type { SessionRecorder } from './session/session-recorder.ts'
import { toAbortSignal } from './to-abort-signal.ts'
import { type TraceBackend, type Traced, traceWithNames } from './trace-with-names.ts'
import { untilCancelled } from './until-cancelled.ts'
import type { LiveFrames } from './watch/live-capture.ts'
import { noteOwn } from './watch/note-own.ts'
import type { OwnPackets } from './watch/own-packets.ts'

/** What these methods work with. */
interface TraceParts extends TraceBackend {
  readonly own: OwnPackets
  readonly sessions: SessionRecorder
  readonly labs: LabDesk
  readonly tell: (progress: LiveProgress) => void
}

/** How old a state may be for a trace that is to be fresh, in milliseconds: a click right after the start reads once. */
const FRESH = 1500

/** Returns the methods of the contract that trace, predicted alone and live. */
export function createTraceMethods(parts: TraceParts): Pick<Service['methods'], 'trace' | 'liveTrace'> {
  const { source, keeper, reading, own, sessions, labs, tell } = parts
  return {
    trace: async ({ flow, tried }, { signal }) => {
      const abort = toAbortSignal(signal)
      const age = reading === 'fresh' && source.kind === 'docker' ? FRESH : Number.POSITIVE_INFINITY
      const read = await untilCancelled(keeper.freshThan(age), abort)
      if (!read.ok) return read
      const traced = await traceWithNames(parts, read.value, { flow, tried }, abort)
      labs.note(flow)
      if (!traced.ok) return traced
      sessions.addPrediction(traced.value.report, traced.value.on.state)
      return { ok: true, value: made(traced.value) }
    },
    liveTrace: async (question, { signal }) => {
      const clock = startClock()
      tell({ phase: 'reading', text: 'reading the host', fraction: null })
      const abort = toAbortSignal(signal)
      const read = await untilCancelled(keeper.freshThan(FRESH), abort)
      if (!read.ok) return read
      const refusal = whyNoKernel(read.value.state, source.status())
      if (refusal !== null) return { ok: false, failure: refusal }
      const seen: LiveFrames[] = []
      const watched = noteOwn(source, own, (plan, frames) => void seen.push({ plan, frames }))
      const backend = { keeper, source: watched, reading }
      const traced = await traceLive(backend, read.value, question, clock, tell, abort)
      labs.note(question.flow)
      if (!traced.ok) return traced
      sessions.addLive(traced.value.report, seen.at(-1) ?? null, traced.value.on.state)
      return { ok: true, value: made(traced.value) }
    },
  }
}

function made<R>({ report, on }: Traced<R>): Made<R> {
  return { report, revision: on.revision, basis: nameBasis(on.state) }
}
