import type { ConntrackEvent } from '../../watch/conntrack-event.ts'
import { readConntrackEntry } from '../conntrack.ts'
import type { Parsed, ParseProblem } from '../problem.ts'

/** What has come of a listing or of events, up to its last whole line. Made by openEvents, changed by feedEvents. */
export interface EventStream {
  pending: string
  line: number
}

const KINDS = { NEW: 'new', UPDATE: 'update', DESTROY: 'destroy' } as const

/** A line that never ends is none of conntrack's. */
const LONGEST_LINE = 64 * 1024

/** Returns a stream that nothing was fed to. */
export function openEvents(): EventStream {
  return { pending: '', line: 0 }
}

/**
 * Returns the events that a further piece of `conntrack -E -o extended` completes. Lines without `[NEW]` and its like, those
 * of `conntrack -L`, are events of kind `listed`. A line that is neither is a problem. Never throws.
 */
export function feedEvents(stream: EventStream, chunk: string): Parsed<readonly ConntrackEvent[]> {
  const lines = (stream.pending + chunk).split('\n')
  const rest = lines.pop() ?? ''
  const problems: ParseProblem[] = []
  const events: ConntrackEvent[] = []
  for (const text of lines) {
    stream.line += 1
    if (text.trim() === '') continue
    const event = readEvent(text)
    if (event === null) problems.push({ message: `not an event of conntrack: ${text}`, line: stream.line })
    else events.push(event)
  }
  const isLine = rest.length <= LONGEST_LINE
  stream.pending = isLine ? rest : ''
  if (!isLine) problems.push({ message: 'a line of conntrack without an end', line: stream.line + 1 })
  return { value: events, problems }
}

function readEvent(text: string): ConntrackEvent | null {
  const word = /^\s*\[(NEW|UPDATE|DESTROY)\]/.exec(text)
  const entry = readConntrackEntry(word === null ? text : text.slice(word[0].length))
  if (entry === null) return null
  return { kind: word === null ? 'listed' : KINDS[word[1] as keyof typeof KINDS], entry }
}
