import type { Outcome } from '../protocol/contract.ts'
import type { Service } from '../protocol/service.ts'
import { NO_HELPER } from './consent/consent.ts'
import { createEventHub } from './event-hub.ts'
import { SessionRecorder } from './session/session-recorder.ts'
import type { Source } from './sources/source.ts'
import { createStageSource } from './sources/stage-source.ts'
import { LabDesk } from './labs/lab-desk.ts'
import { openLabJournal } from './labs/lab-journal.ts'
import { createLabMethods } from './labs/lab-methods.ts'
import { createManageDesk } from './manage/manage-methods.ts'
import { createSceneMethods } from './manage/scene-methods.ts'
import { createStateKeeper } from './state-keeper.ts'
import { createTraceMethods } from './trace-methods.ts'
import { createFileMethods } from './watch/file-methods.ts'
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

/** The contract over one source. Any number of ports may be served with it. */
export interface BackendService extends Service {
  /** Ends what the service and its source have going on. May be called twice. */
  close(): Promise<void>
}

/**
 * Returns the service over a source and begins to read the host. It reads again when the source says that the host changed
 * (a burst of changes is read once) and pushes `hostStateChanged` after each reading and `status` on every change.
 */
// oxlint-disable-next-line eslint/max-lines-per-function -- its parts, in the order in which they need each other
export function createService({ source: bare, version, reading }: ServiceOptions): BackendService {
  const own = new OwnPackets()
  const stage = createStageSource(bare)
  const source = noteOwn(stage, own)
  const { emit, isHeard, subscribe } = createEventHub()
  const desk = new WatchDesk({
    source,
    own,
    onUpdate: (update) => emit('watchUpdate', update),
    isHeard: () => isHeard('watchUpdate'),
  })
  const transfers = new Transfers()
  const manage = createManageDesk({ source, transfers, emit })
  const sessions = new SessionRecorder(() => source.session?.() ?? null)
  const keeper = createStateKeeper(source, (revision) => {
    emit('hostStateChanged', { revision })
    const known = keeper.current()
    // What is listened to goes on behind a sandbox, which has none of its devices; the API alone tells of none either.
    if (known !== null && source.kind !== 'sandbox' && known.state.origin !== 'api') desk.onState(known.state)
    labs.onState()
  })
  const labs: LabDesk = new LabDesk({
    stage,
    source,
    keeper,
    manage,
    journal: openLabJournal(),
    onChange: (state) => emit('labChanged', state),
  })
  let last = ''
  const stop = source.onChange((change) => {
    const status = source.status()
    const text = JSON.stringify(status)
    if (change !== 'status' || text === last) return
    last = text
    emit('status', status)
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
      ...createTraceMethods({
        source,
        keeper,
        own,
        sessions,
        labs,
        reading,
        tell: (progress) => emit('liveProgress', progress),
      }),
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
    },
    subscribe,
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

function done<T>(value: T): Outcome<T> {
  return { ok: true, value }
}
