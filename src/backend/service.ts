import type { EventName, Events, LiveProgress, Outcome } from '../protocol/contract.ts'
import type { Service } from '../protocol/service.ts'
import { explainConsent, NO_HELPER } from './consent/consent.ts'
import { SessionRecorder } from './session/session-recorder.ts'
import type { Source } from './sources/source.ts'
import { createStageSource } from './sources/stage-source.ts'
import { startClock } from './live/make-report.ts'
import { LabDesk } from './labs/lab-desk.ts'
import { openLabJournal } from './labs/lab-journal.ts'
import { createLabMethods } from './labs/lab-methods.ts'
import { traceLive } from './live/trace-live.ts'
import { createManageDesk } from './manage/manage-methods.ts'
import { createSceneMethods } from './manage/scene-methods.ts'
import { createStateKeeper } from './state-keeper.ts'
import { toAbortSignal } from './to-abort-signal.ts'
import { traceWithNames } from './trace-with-names.ts'
import { createFileMethods } from './watch/file-methods.ts'
import type { LiveFrames } from './watch/live-capture.ts'
import { noteOwn } from './watch/note-own.ts'
import { OwnPackets } from './watch/own-packets.ts'
import { Transfers } from './watch/transfers.ts'
import { WatchDesk } from './watch/watch-desk.ts'
import { createWatchMethods } from './watch/watch-methods.ts'

/** What a service is made of. `version` is Hopwire's own. */
export interface ServiceOptions {
  readonly source: Source
  readonly version: string
  /**
   * `fresh`: every trace looks at the host as it is now, since rules and neighbours change without an event of Docker's.
   * `once`: all traces look at one state.
   */
  readonly reading: 'fresh' | 'once'
}

/** How old a state may be for a trace that is to be fresh, in milliseconds: a click right after the start reads once. */
const FRESH = 1500

/** The contract over one source. Any number of ports may be served with it. */
export interface BackendService extends Service {
  /** Ends what the service and its source have going on. May be called twice. */
  close(): Promise<void>
}

type Handlers = { readonly [E in EventName]: Set<(payload: Events[E]) => void> }

/**
 * Returns the service over a source and begins to read the host. It reads again when the source says that the host changed
 * (a burst of changes is read once) and pushes `hostStateChanged` after each reading and `status` on every change.
 */
export function createService({ source: bare, version, reading }: ServiceOptions): BackendService {
  const own = new OwnPackets()
  const stage = createStageSource(bare)
  const source = noteOwn(stage, own)
  const handlers: Handlers = {
    status: new Set(),
    hostStateChanged: new Set(),
    liveProgress: new Set(),
    watchUpdate: new Set(),
    actionProgress: new Set(),
    managerChanged: new Set(),
    logLines: new Set(),
    terminalOutput: new Set(),
    labChanged: new Set(),
  }
  const desk = new WatchDesk({
    source,
    own,
    onUpdate: (update) => emit(handlers, 'watchUpdate', update),
    isHeard: () => handlers.watchUpdate.size > 0,
  })
  const transfers = new Transfers()
  const manage = createManageDesk({ source, transfers, emit: (event, payload) => emit(handlers, event, payload) })
  const sessions = new SessionRecorder(() => source.session?.() ?? null)
  const keeper = createStateKeeper(source, (revision) => {
    emit(handlers, 'hostStateChanged', { revision })
    const known = keeper.current()
    // What is listened to goes on behind a sandbox, which has none of its devices.
    if (known !== null && source.kind !== 'sandbox') desk.onState(known.state)
    labs.onState()
  })
  const labs: LabDesk = new LabDesk({
    stage,
    source,
    keeper,
    manage,
    journal: openLabJournal(),
    onChange: (state) => emit(handlers, 'labChanged', state),
  })
  let last = ''
  const stop = source.onChange((change) => {
    const status = source.status()
    const text = JSON.stringify(status)
    if (change !== 'status' || text === last) return
    last = text
    emit(handlers, 'status', status)
  })
  let closing: Promise<void> | null = null
  void keeper.ready()
  return {
    methods: {
      ...createWatchMethods({ source, keeper, desk, transfers }),
      ...createFileMethods({ keeper, desk, transfers, sessions }),
      ...manage.methods,
      ...createSceneMethods({ stage, keeper, transfers, manage }),
      ...createLabMethods(labs),
      hello: async () => done({ version, status: source.status() }),
      hostState: async () => {
        const known = keeper.current()
        return done(known === null ? null : { revision: known.revision, state: known.state })
      },
      refresh: async () => {
        const read = await keeper.refresh()
        return read.ok ? done({ revision: read.value.revision }) : read
      },
      answerConsent: async ({ answer }) => source.answerConsent?.(answer) ?? NO_HELPER,
      trace: async ({ flow, tried }, { signal }) => {
        const read = await (reading === 'fresh' && source.kind === 'docker' ? keeper.freshThan(FRESH) : keeper.ready())
        if (!read.ok) return read
        const backend = { keeper, source, reading }
        const traced = await traceWithNames(backend, read.value, { flow, tried }, toAbortSignal(signal))
        labs.note(flow)
        if (traced.ok) sessions.addPrediction(traced.value, keeper.current()?.state ?? read.value.state)
        return traced
      },
      liveTrace: async (question, { signal }) => {
        const clock = startClock()
        const tell = (progress: LiveProgress): void => emit(handlers, 'liveProgress', progress)
        tell({ phase: 'reading', text: 'reading the host', fraction: null })
        const read = await keeper.freshThan(FRESH)
        if (!read.ok) return read
        const refusal = explainConsent(source.status().helperConsent?.answer ?? 'allowed')
        if (refusal !== null) return { ok: false, failure: refusal }
        const seen: LiveFrames[] = []
        const watched = noteOwn(source, own, (plan, frames) => void seen.push({ plan, frames }))
        const backend = { keeper, source: watched, reading }
        const traced = await traceLive(backend, read.value, question, clock, tell, toAbortSignal(signal))
        labs.note(question.flow)
        if (traced.ok) sessions.addLive(traced.value, seen.at(-1) ?? null, read.value.state)
        return traced
      },
    },
    subscribe<E extends EventName>(event: E, handler: (payload: Events[E]) => void): () => void {
      const entry = (payload: Events[E]) => handler(payload)
      const set: Set<(payload: Events[E]) => void> = handlers[event]
      set.add(entry)
      return () => void set.delete(entry)
    },
    close() {
      closing ??= labs.close().then(async () => {
        stop()
        keeper.close()
        manage.close()
        await desk.close()
        await source.close()
      })
      return closing
    },
  }
}

function emit<E extends EventName>(handlers: Handlers, event: E, payload: Events[E]): void {
  const set: Set<(payload: Events[E]) => void> = handlers[event]
  for (const handler of [...set]) handler(payload)
}

function done<T>(value: T): Outcome<T> {
  return { ok: true, value }
}
