import type { Readable } from 'node:stream'

/** One event of the engine: `container` `start`, `network` `connect` and so on. */
export interface EngineEvent {
  readonly type: string
  readonly action: string
  readonly attributes: Readonly<Record<string, string>>
}

/** What a watcher is told: events, and that the stream was lost or found again (events in between may be missed). */
export interface EventWatcher {
  onEvent(event: EngineEvent): void
  onLost(reason: string): void
  onReconnected(): void
}

const firstDelayMs = 250
const longestDelayMs = 10_000

/**
 * Follows the engine's events until the returned function is called. A stream that ends is opened again, after a delay
 * that doubles up to 10 s. Timers do not keep the process alive.
 */
export function watchEvents(open: () => Promise<Readable>, watcher: EventWatcher): () => void {
  let stopped = false
  let delay = firstDelayMs
  let lost = false
  let timer: NodeJS.Timeout | undefined
  let stream: Readable | undefined

  const retry = (reason: string): void => {
    if (stopped) return
    if (!lost) watcher.onLost(reason)
    lost = true
    timer = setTimeout(() => void connect(), delay)
    timer.unref()
    delay = Math.min(delay * 2, longestDelayMs)
  }
  const connect = async (): Promise<void> => {
    try {
      const opened = await open()
      if (stopped) return void opened.destroy()
      stream = opened
      delay = firstDelayMs
      if (lost) watcher.onReconnected()
      lost = false
      follow(opened, watcher, retry)
    } catch (error) {
      retry((error as Error).message)
    }
  }
  void connect()
  return () => {
    stopped = true
    clearTimeout(timer)
    stream?.destroy()
  }
}

function follow(stream: Readable, watcher: EventWatcher, onEnd: (reason: string) => void): void {
  let rest = ''
  let ended = false
  const end = (reason: string): void => {
    if (!ended) onEnd(reason)
    ended = true
  }
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    // One JSON object a line; a chunk may end in the middle of one.
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const event = parseEvent(line)
      if (event !== null) watcher.onEvent(event)
    }
  })
  stream.on('error', (error) => end(error.message))
  stream.on('close', () => end('the engine closed the event stream'))
}

/** Parses one line of the event stream; null for what is none. */
export function parseEvent(line: string): EngineEvent | null {
  try {
    const raw = JSON.parse(line) as {
      Type?: unknown
      Action?: unknown
      Actor?: { Attributes?: Record<string, string> }
    }
    if (typeof raw.Type !== 'string' || typeof raw.Action !== 'string') return null
    return { type: raw.Type, action: raw.Action, attributes: raw.Actor?.Attributes ?? {} }
  } catch {
    return null
  }
}
