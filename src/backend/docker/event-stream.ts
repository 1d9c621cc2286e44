import type { Readable } from 'node:stream'

/** One event of the engine: `container` `start`, `network` `connect` and so on. `id` is that of the container or network. */
export interface EngineEvent {
  readonly type: string
  readonly action: string
  readonly id: string
  readonly attributes: Readonly<Record<string, string>>
}

/** Hands on the events of a stream until it ends; `onEnd` is called once, with the reason. */
export function readEvents(
  stream: Readable,
  onEvent: (event: EngineEvent) => void,
  onEnd: (reason: string) => void,
): void {
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
      if (event !== null) onEvent(event)
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
      Actor?: { ID?: unknown; Attributes?: Record<string, string> }
    }
    if (typeof raw.Type !== 'string' || typeof raw.Action !== 'string') return null
    const id = typeof raw.Actor?.ID === 'string' ? raw.Actor.ID : ''
    return { type: raw.Type, action: raw.Action, id, attributes: raw.Actor?.Attributes ?? {} }
  } catch {
    return null
  }
}
