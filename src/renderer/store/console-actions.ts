import type { StoreApi } from 'zustand/vanilla'
import type { Client } from '../../protocol/connect.ts'
import type { Events } from '../../protocol/contract.ts'
import type { TerminalSize } from '../../protocol/manage-methods.ts'
import { changeTab, type ConsoleTab, removeTab } from './console-data.ts'
import { LogKeeper } from './console-log.ts'
import { failureWords } from './failure-words.ts'
import { fromBase64 } from './move-bytes.ts'
import type { AppState } from './store.ts'
import { TypedKeys } from './typed-keys.ts'

/** Who draws what a terminal prints. */
export type OnTerminalOutput = (bytes: Uint8Array) => void

export interface ConsoleActions {
  /** Takes a connected client; what was open of an earlier one has ended. */
  followConsole(client: Client): void
  /** Opens a container's log in the foot, or turns to it where it is open. */
  showLogs(container: string): void
  /** Opens a shell inside a container in the foot. */
  showTerminal(container: string): void
  /** Turns to a tab. */
  turnToConsole(key: string): void
  /** Closes a tab, and ends what it shows. */
  closeConsole(key: string): void
  /** Opens what has ended once more, in its tab. */
  reopenConsole(key: string): void
  /** The lines of a log. */
  consoleLog(key: string): LogKeeper
  /** Starts a tab's terminal as soon as its screen is there. */
  startTerminal(key: string, size: TerminalSize, onOutput: OnTerminalOutput): Promise<void>
  typeConsole(key: string, data: string): void
  resizeConsole(key: string, size: TerminalSize): void
  /** Says whether terminals, all of them, tell a screen reader what they print. */
  setSpoken(spoken: boolean): void
}

/** How many lines a log begins with. */
const FIRST_LINES = 1000

type Set = StoreApi<AppState>['setState']
type Get = StoreApi<AppState>['getState']

/** Returns the actions of logs and terminals. */
export function createConsoleActions(set: Set, get: Get): ConsoleActions {
  const streams = new ConsoleStreams(set, get)
  const turn = (key: string | null) => set(({ console }) => ({ console: { ...console, current: key } }))
  let count = 0
  const add = (kind: ConsoleTab['kind'], container: string): string => {
    count += 1
    const key = `${kind}-${count}`
    const tab: ConsoleTab = { key, kind, container, stage: 'opening', note: null, round: 1 }
    set(({ console, mode }) => ({
      console: { ...console, tabs: [...console.tabs, tab], current: key },
      mode: mode === 'manage' || mode === 'labs' ? mode : 'manage',
    }))
    return key
  }
  return {
    followConsole: (client) => streams.follow(client),
    showLogs: (container) => {
      const known = get().console.tabs.find((tab) => tab.kind === 'logs' && tab.container === container)
      if (known === undefined) return void streams.openLog(add('logs', container))
      turn(known.key)
      if (known.stage === 'ended') get().reopenConsole(known.key)
    },
    showTerminal: (container) => void add('terminal', container),
    turnToConsole: turn,
    closeConsole: (key) => {
      streams.close(key)
      set(({ console }) => ({ console: removeTab(console, key) }))
    },
    reopenConsole: (key) => {
      const tab = get().console.tabs.find((each) => each.key === key)
      if (tab === undefined || tab.stage !== 'ended') return
      const change = { stage: 'opening', note: null, round: tab.round + 1 } as const
      set(({ console }) => ({ console: changeTab(console, key, change) }))
      if (tab.kind === 'logs') void streams.openLog(key)
    },
    consoleLog: (key) => streams.log(key),
    startTerminal: (key, size, onOutput) => streams.startTerminal(key, size, onOutput),
    typeConsole: (key, data) => streams.type(key, data),
    resizeConsole: (key, size) => streams.resize(key, size),
    setSpoken: (spoken) => set(({ console }) => ({ console: { ...console, spoken } })),
  }
}

/** A stream of the backend that a tab shows. */
interface OpenStream {
  readonly key: string
  readonly id: string
  readonly kind: ConsoleTab['kind']
  readonly onOutput: OnTerminalOutput | null
}

const LOST = 'The connection to Hopwire was lost, and what ran here has ended with it.'

class ConsoleStreams {
  readonly #set: Set
  readonly #get: Get
  readonly #logs = new Map<string, LogKeeper>()
  /** What is typed into a terminal, from the moment at which it is being opened. */
  readonly #keys = new Map<string, TypedKeys>()
  /** By the backend's id. */
  readonly #open = new Map<string, OpenStream>()
  #client: Client | null = null

  constructor(set: Set, get: Get) {
    this.#set = set
    this.#get = get
  }

  follow(client: Client): void {
    this.#client = client
    for (const { key, stage } of this.#get().console.tabs) if (stage !== 'ended') this.#end(key, LOST)
    this.#open.clear()
    client.on('logLines', (event) => this.#client === client && this.#takeLines(event))
    client.on('terminalOutput', (event) => this.#client === client && this.#takeOutput(event))
  }

  log(key: string): LogKeeper {
    const keeper = this.#logs.get(key) ?? new LogKeeper()
    this.#logs.set(key, keeper)
    return keeper
  }

  async openLog(key: string): Promise<void> {
    this.log(key).clear()
    const [client, tab] = [this.#client, this.#tab(key)]
    if (client === null || tab === undefined) return
    const outcome = await client.call('openLogs', { container: tab.container, tail: FIRST_LINES })
    if (!outcome.ok) return this.#end(key, failureWords(outcome.failure))
    this.#begin(client, { key, id: outcome.value.id, kind: 'logs', onOutput: null })
  }

  async startTerminal(key: string, size: TerminalSize, onOutput: OnTerminalOutput): Promise<void> {
    const [client, tab] = [this.#client, this.#tab(key)]
    if (client === null || tab === undefined) return
    const opening = client.call('openTerminal', { container: tab.container, command: [], ...size })
    const send = async (data: string): Promise<void> => {
      const opened = await opening
      if (opened.ok) await client.call('writeTerminal', { id: opened.value.id, data })
    }
    this.#keys.set(key, new TypedKeys(send))
    const outcome = await opening
    if (!outcome.ok) return this.#end(key, failureWords(outcome.failure))
    this.#begin(client, { key, id: outcome.value.id, kind: 'terminal', onOutput })
  }

  type(key: string, data: string): void {
    this.#keys.get(key)?.add(data)
  }

  resize(key: string, size: TerminalSize): void {
    const stream = this.#find(key)
    if (stream !== undefined) void this.#client?.call('resizeTerminal', { id: stream.id, ...size })
  }

  close(key: string): void {
    const stream = this.#find(key)
    this.#logs.delete(key)
    this.#keys.delete(key)
    if (stream === undefined) return
    this.#open.delete(stream.id)
    this.#closeAt(this.#client, stream)
  }

  #closeAt(client: Client | null, { id, kind }: OpenStream): void {
    void client?.call(kind === 'logs' ? 'closeLogs' : 'closeTerminal', { id })
  }

  /** The tab may have been closed while its stream was being opened. */
  #begin(client: Client, stream: OpenStream): void {
    if (client !== this.#client) return
    if (this.#tab(stream.key) === undefined) return this.#closeAt(client, stream)
    this.#open.set(stream.id, stream)
    this.#change(stream.key, { stage: 'open' })
  }

  #takeLines({ id, lines, ended }: Events['logLines']): void {
    const stream = this.#open.get(id)
    if (stream === undefined) return
    if (lines.length > 0) this.log(stream.key).add(lines)
    if (!ended) return
    this.#open.delete(id)
    this.#end(stream.key, 'ended')
  }

  #takeOutput({ id, data, exitCode }: Events['terminalOutput']): void {
    const stream = this.#open.get(id)
    if (stream === undefined) return
    if (data !== '') stream.onOutput?.(fromBase64(data))
    if (exitCode === null) return
    this.#open.delete(id)
    this.#end(stream.key, exitCode < 0 ? 'ended' : `ended with ${exitCode}`)
  }

  #end(key: string, note: string): void {
    this.#keys.delete(key)
    this.#change(key, { stage: 'ended', note })
  }

  #change(key: string, change: Partial<ConsoleTab>): void {
    this.#set(({ console }) => ({ console: changeTab(console, key, change) }))
  }

  #tab(key: string): ConsoleTab | undefined {
    return this.#get().console.tabs.find((tab) => tab.key === key)
  }

  #find(key: string): OpenStream | undefined {
    return [...this.#open.values()].find((stream) => stream.key === key)
  }
}
