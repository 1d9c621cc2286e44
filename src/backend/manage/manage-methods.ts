import { randomUUID } from 'node:crypto'
import { formatCommand } from '../../core/manage/format-command.ts'
import type { ActionDone } from '../../core/manage/plan.ts'
import type { CancelSignal } from '../../protocol/cancel-signal.ts'
import type { EventName, Events, Failure, Outcome } from '../../protocol/contract.ts'
import type { ManageMethods, StreamId } from '../../protocol/manage-methods.ts'
import type { Service } from '../../protocol/service.ts'
import type { Source } from '../sources/source.ts'
import { toAbortSignal } from '../to-abort-signal.ts'
import type { Transfers } from '../watch/transfers.ts'
import { ActionHistory } from './action-history.ts'
import type { Manager, OpenedStream, OpenedTerminal, Performed, UploadedFile } from './manager.ts'

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
  close(): void
}

/** Returns the methods that change the host of a source through its manager. One change is made at a time. */
export function createManageDesk(backend: ManageBackend): ManageDesk {
  return new Desk(backend)
}

class Desk implements ManageDesk {
  readonly #backend: ManageBackend
  readonly #histories = new WeakMap<Manager, ActionHistory>()
  readonly #streams = new Map<string, OpenedStream>()
  readonly #terminals = new Map<string, OpenedTerminal>()
  #busy = false

  constructor(backend: ManageBackend) {
    this.#backend = backend
  }

  readonly methods: ManageDesk['methods'] = {
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
    openLogs: async ({ container, tail }) => this.#openLogs(container, tail),
    closeLogs: async ({ id }) => this.#closeStream(id),
    openTerminal: async ({ container, command, ...size }) =>
      this.#with(async (manager) => {
        const id = randomUUID()
        const opened = await manager.openTerminal(container, command, size, {
          onOutput: (bytes) =>
            this.#backend.emit('terminalOutput', { id, data: Buffer.from(bytes).toString('base64'), exitCode: null }),
          onExit: (exitCode) => {
            this.#terminals.delete(id)
            this.#backend.emit('terminalOutput', { id, data: '', exitCode })
          },
        })
        if (!opened.ok) return opened
        this.#terminals.set(id, opened.value)
        return done({ id })
      }),
    writeTerminal: async ({ id, data }) => this.#withTerminal(id, (terminal) => terminal.write(data)),
    resizeTerminal: async ({ id, ...size }) => this.#withTerminal(id, (terminal) => terminal.resize(size)),
    closeTerminal: async ({ id }) => this.#withTerminal(id, (terminal) => terminal.close()),
  }

  add(performed: Performed): void {
    const manager = this.#manager()
    if (manager === null) return
    this.#historyOf(manager).add(performed.back)
    this.#tellHistory(manager)
  }

  close(): void {
    for (const stream of [...this.#streams.values(), ...this.#terminals.values()]) stream.close()
    this.#streams.clear()
    this.#terminals.clear()
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
    act: (manager: Manager, abort: AbortSignal) => Promise<Outcome<Performed>>,
    note: (history: ActionHistory, performed: Performed) => void = (history, { back }) => history.add(back),
  ): Promise<Outcome<ActionDone>> {
    return this.#with(async (manager) => {
      if (this.#busy) return { ok: false, failure: BUSY }
      this.#busy = true
      try {
        const performed = await act(manager, toAbortSignal(signal))
        if (!performed.ok) return performed
        note(this.#historyOf(manager), performed.value)
        this.#tellHistory(manager)
        const { did, notes, back } = performed.value
        return done({ did, command, undo: back?.label ?? null, notes })
      } finally {
        this.#busy = false
      }
    })
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

  #openLogs(container: string, tail: number): Promise<Outcome<StreamId>> {
    return this.#with(async (manager) => {
      const id = randomUUID()
      const opened = await manager.openLogs(container, tail, {
        onLines: (lines) => this.#backend.emit('logLines', { id, lines, ended: false }),
        onEnd: () => {
          this.#streams.delete(id)
          this.#backend.emit('logLines', { id, lines: [], ended: true })
        },
      })
      if (!opened.ok) return opened
      this.#streams.set(id, opened.value)
      return done({ id })
    })
  }

  #closeStream(id: string): Outcome<Record<string, never>> {
    this.#streams.get(id)?.close()
    this.#streams.delete(id)
    return done({})
  }

  #withTerminal(id: string, act: (terminal: OpenedTerminal) => void): Outcome<Record<string, never>> {
    const terminal = this.#terminals.get(id)
    if (terminal === undefined)
      return { ok: false, failure: { code: 'bad-params', message: 'there is no such terminal any more', at: 'id' } }
    act(terminal)
    return done({})
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
