import { randomUUID } from 'node:crypto'
import type { EventName, Events, Failure, Outcome } from '../../../protocol/contract.ts'
import type { CallContext, Service } from '../../../protocol/service.ts'
import type { Manager, OpenedStream, OpenedTerminal } from '../manager.ts'

/** Most logs and terminals at once; each is a connection to the engine, a terminal two. */
const MOST_STREAMS = 32

/** What the desk needs of the backend. */
export interface ConsoleParts {
  readonly manager: () => Manager | null
  readonly emit: <E extends EventName>(event: E, payload: Events[E]) => void
}

/** The methods of logs and terminals. */
export type ConsoleMethods = Pick<
  Service['methods'],
  'openLogs' | 'closeLogs' | 'openTerminal' | 'writeTerminal' | 'resizeTerminal' | 'closeTerminal'
>

/** Has all logs and terminals of one backend. Each ends with the client that opened it, and all end with the backend. */
export class ConsoleDesk {
  readonly #parts: ConsoleParts
  readonly #streams = new Map<string, OpenedStream>()
  readonly #terminals = new Map<string, OpenedTerminal>()
  #opening = 0
  #closed = false

  constructor(parts: ConsoleParts) {
    this.#parts = parts
  }

  readonly methods: ConsoleMethods = {
    openLogs: ({ container, tail }, context) =>
      this.#open(this.#streams, context, (manager, later, id, forget) =>
        manager.openLogs(container, tail, {
          onLines: (lines) => later(() => this.#parts.emit('logLines', { id, lines, ended: false })),
          onEnd: () => {
            forget()
            later(() => this.#parts.emit('logLines', { id, lines: [], ended: true }))
          },
        }),
      ),
    openTerminal: ({ container, command, columns, rows }, context) =>
      this.#open(this.#terminals, context, (manager, later, id, forget) => {
        const tell = (bytes: Uint8Array, exitCode: number | null): void =>
          later(() => this.#parts.emit('terminalOutput', { id, data: Buffer.from(bytes).toString('base64'), exitCode }))
        return manager.openTerminal(
          container,
          command,
          { columns, rows },
          {
            onOutput: (bytes) => tell(bytes, null),
            onExit: (exitCode) => {
              forget()
              tell(new Uint8Array(), exitCode)
            },
          },
        )
      }),
    closeLogs: async ({ id }) => close(this.#streams, id),
    closeTerminal: async ({ id }) => close(this.#terminals, id),
    writeTerminal: async ({ id, data }) => this.#withTerminal(id, (terminal) => terminal.write(data)),
    resizeTerminal: async ({ id, ...size }) => this.#withTerminal(id, (terminal) => terminal.resize(size)),
  }

  close(): void {
    this.#closed = true
    for (const stream of [...this.#streams.values(), ...this.#terminals.values()]) stream.close()
    this.#streams.clear()
    this.#terminals.clear()
  }

  /** `act` opens it; what it tells before the client knows the id waits until the client does. */
  async #open<T extends OpenedStream>(
    map: Map<string, T>,
    { gone }: CallContext,
    act: (manager: Manager, later: (tell: () => void) => void, id: string, forget: () => void) => Promise<Outcome<T>>,
  ): Promise<Outcome<{ readonly id: string }>> {
    const manager = this.#parts.manager()
    if (manager === null) return { ok: false, failure: NOT_MANAGED }
    if (this.#streams.size + this.#terminals.size + this.#opening >= MOST_STREAMS) return { ok: false, failure: MANY }
    const id = randomUUID()
    const queue = new AnswerFirst()
    let over = false
    const end = (): void => void close(map, id)
    const forget = (): void => {
      over = true
      map.delete(id)
      gone?.removeEventListener('abort', end)
    }
    this.#opening += 1
    const opened = await act(manager, (tell) => queue.add(tell), id, forget).finally(() => (this.#opening -= 1))
    if (!opened.ok) return opened
    if (!over) {
      map.set(id, opened.value)
      gone?.addEventListener('abort', end)
    }
    if (this.#closed || gone?.aborted === true) end()
    setImmediate(() => queue.open())
    return { ok: true, value: { id } }
  }

  #withTerminal(id: string, act: (terminal: OpenedTerminal) => void): Outcome<Record<string, never>> {
    const terminal = this.#terminals.get(id)
    if (terminal === undefined) {
      return { ok: false, failure: { code: 'bad-params', message: 'there is no such terminal any more', at: 'id' } }
    }
    act(terminal)
    return { ok: true, value: {} }
  }
}

/** Holds back what is told until it is opened. */
class AnswerFirst {
  #held: (() => void)[] | null = []

  add(tell: () => void): void {
    if (this.#held === null) tell()
    else this.#held.push(tell)
  }

  open(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const tell of held) tell()
  }
}

/** Closing what has ended already is fine: the client may not know it yet. */
function close(map: Map<string, OpenedStream>, id: string): Outcome<Record<string, never>> {
  const stream = map.get(id)
  map.delete(id)
  stream?.close()
  return { ok: true, value: {} }
}

const NOT_MANAGED: Failure = {
  code: 'not-managed',
  message: 'this host has no logs and no terminals: it is not alive',
  hint: 'connect to a Docker engine, or open a sandbox',
}

const MANY: Failure = {
  code: 'engine-refused',
  message: `${MOST_STREAMS} logs and terminals are open already`,
  hint: 'close some of them',
}
