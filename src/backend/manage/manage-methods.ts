import { formatCommand } from '../../core/manage/format-command.ts'
import type { ActionDone } from '../../core/manage/plan.ts'
import type { CancelSignal } from '../../protocol/cancel-signal.ts'
import type { EventName, Events, Failure, Outcome } from '../../protocol/contract.ts'
import type { ManageMethods } from '../../protocol/manage-methods.ts'
import type { Service } from '../../protocol/service.ts'
import type { Source } from '../sources/source.ts'
import { toAbortSignal } from '../to-abort-signal.ts'
import type { Transfers } from '../watch/transfers.ts'
import { ActionHistory } from './action-history.ts'
import { ConsoleDesk, type ConsoleMethods } from './console/console-desk.ts'
import type { Attempt, Manager, Performed, UploadedFile } from './manager.ts'

/** What these methods work with. */
export interface ManageBackend {
  readonly source: Source
  readonly transfers: Transfers
  readonly emit: <E extends EventName>(event: E, payload: Events[E]) => void
}

type SceneMethod = 'saveScene' | 'openScene' | 'listScenes' | 'openSandbox' | 'leaveSandbox'

/** Those methods without those about scenes, and the end of what they have going on. */
export interface ManageDesk {
  readonly methods: Pick<Service['methods'], Exclude<keyof ManageMethods, SceneMethod>>
  /** Puts a way back on the history from outside, as after another scene was opened. */
  add(done: Performed): void
  /** Another host is shown: says what can be undone there. */
  announce(): void
  close(): void
}

/** Returns the methods that change the host of a source through its manager. One change is made at a time. */
export function createManageDesk(backend: ManageBackend): ManageDesk {
  return new Desk(backend)
}

class Desk implements ManageDesk {
  readonly #backend: ManageBackend
  readonly #histories = new WeakMap<Manager, ActionHistory>()
  readonly #console: ConsoleDesk
  #busy = false

  constructor(backend: ManageBackend) {
    this.#backend = backend
    const { emit } = backend
    this.#console = new ConsoleDesk({ manager: () => this.#manager(), emit })
    this.methods = { ...this.#changes, ...this.#console.methods }
  }

  readonly methods: ManageDesk['methods']

  readonly #changes: Omit<ManageDesk['methods'], keyof ConsoleMethods> = {
    managerInfo: async () => {
      const manager = this.#manager()
      return done(manager === null ? null : { ...manager.info(), ...this.#historyOf(manager).labels() })
    },
    listImages: async (_none, { signal }) => this.#with((manager) => manager.images(toAbortSignal(signal))),
    inspectObject: async ({ kind, name }, { signal }) =>
      this.#with((manager) => manager.inspect(kind, name, toAbortSignal(signal))),
    planAction: async ({ action, reach }, { signal }) =>
      this.#with((manager) => manager.plan(action, reach, toAbortSignal(signal))),
    doAction: async ({ action }, { signal }) => {
      const file = this.#fileOf(action)
      if (file !== null && !file.ok) return file
      return this.#change(signal, formatCommand(action), (manager, abort) =>
        manager.perform(action, file?.value ?? null, this.#tell, abort),
      )
    },
    undoAction: async (_none, { signal }) => this.#move('undo', signal),
    redoAction: async (_none, { signal }) => this.#move('redo', signal),
  }

  add(performed: Performed): void {
    const manager = this.#manager()
    if (manager === null) return
    this.#historyOf(manager).add(performed.back)
    this.#tellHistory(manager)
  }

  announce(): void {
    const manager = this.#manager()
    if (manager === null) this.#backend.emit('managerChanged', { undo: null, redo: null })
    else this.#tellHistory(manager)
  }

  close(): void {
    this.#console.close()
  }

  readonly #tell = (text: string, fraction: number | null): void =>
    this.#backend.emit('actionProgress', { text, fraction })

  #manager(): Manager | null {
    return this.#backend.source.manager?.() ?? null
  }

  #historyOf(manager: Manager): ActionHistory {
    const history = this.#histories.get(manager) ?? new ActionHistory()
    this.#histories.set(manager, history)
    return history
  }

  #tellHistory(manager: Manager): void {
    this.#backend.emit('managerChanged', this.#historyOf(manager).labels())
  }

  async #with<T>(act: (manager: Manager) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const manager = this.#manager()
    return manager === null ? { ok: false, failure: NOT_MANAGED } : act(manager)
  }

  #fileOf(action: { readonly kind: string }): Outcome<UploadedFile> | null {
    if (action.kind !== 'import-image') return null
    const { upload, file } = action as { readonly upload: string; readonly file: string } & typeof action
    const bytes = this.#backend.transfers.take(upload)
    return bytes.ok ? done({ name: file, bytes: bytes.value }) : bytes
  }

  #change(
    signal: CancelSignal,
    command: string,
    act: (manager: Manager, abort: AbortSignal) => Promise<Attempt>,
    note: (history: ActionHistory, performed: Performed) => void = (history, { back }) => history.add(back),
  ): Promise<Outcome<ActionDone>> {
    return this.#with(async (manager) => {
      if (this.#busy) return { ok: false, failure: BUSY }
      this.#busy = true
      try {
        const performed = await act(manager, toAbortSignal(signal))
        if (!performed.ok) return this.#refused(manager, performed)
        note(this.#historyOf(manager), performed.value)
        this.#tellHistory(manager)
        const { back, ...told } = performed.value
        return done({ ...told, command, undo: back?.label ?? null })
      } finally {
        this.#busy = false
      }
    })
  }

  /** What was done before it was refused can be taken back as one step. */
  #refused(manager: Manager, attempt: Extract<Attempt, { readonly ok: false }>): Outcome<never> {
    if ('back' in attempt) {
      this.#historyOf(manager).add(attempt.back)
      this.#tellHistory(manager)
    }
    return { ok: false, failure: attempt.failure }
  }

  async #move(way: 'undo' | 'redo', signal: CancelSignal): Promise<Outcome<ActionDone>> {
    const manager = this.#manager()
    const step = manager === null ? null : this.#historyOf(manager).next(way)
    if (manager !== null && step === null) return { ok: false, failure: nothingTo(way) }
    return this.#change(
      signal,
      '',
      async (_manager, abort) => step?.run(this.#tell, abort) ?? { ok: false, failure: NOT_MANAGED },
      (history, { back }) => history.moved(way, back),
    )
  }
}

const NOT_MANAGED: Failure = {
  code: 'not-managed',
  message: 'this host cannot be changed: it is not alive',
  hint: 'connect to a Docker engine, or open a sandbox',
}

const BUSY: Failure = {
  code: 'engine-refused',
  message: 'another change is under way',
  hint: 'wait for it, or cancel it',
}

function nothingTo(way: 'undo' | 'redo'): Failure {
  return { code: 'not-managed', message: `there is nothing to ${way}` }
}

function done<T>(value: T): Outcome<T> {
  return { ok: true, value }
}
