import type { LogLine } from '../../../protocol/manage-methods.ts'

/** One line of a log as bytes: to decode each of a hundred thousand that nobody will see would be a waste. */
export interface RawLine {
  readonly stream: 'stdout' | 'stderr'
  /** `TIME text`, its end cut off after `LONGEST_LINE` bytes. */
  readonly bytes: Buffer
  /** How many bytes the line has more than are kept. */
  readonly cut: number
}

/** Most bytes of one line that are kept, time stamp included. */
const LONGEST_LINE = 16 * 1024

/** dockerd hands on a longer line in pieces of this size, each with a time stamp (moby: daemon/logger/copier.go). */
const PIECE = 16 * 1024

const NEWLINE = 10
const SPACE = 32
const HEADER = 8

/** `2026-01-31T12:00:00.000000000Z`, as dockerd writes it (moby: api/types/.../timestamp, RFC3339NanoFixed). */
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(?:Z|[+-]\d\d:\d\d)$/

/** Longest time stamp, in bytes. */
const STAMP_LENGTH = 35

/** Takes a container's log apart as it comes; whole lines are handed on. */
export interface LogSplitter {
  push(chunk: Buffer): void
  /** Hands on what has no line end yet. */
  end(): void
}

/**
 * Returns the splitter for a log with time stamps. Without a terminal it comes in frames (see docker/demux.ts), one a
 * message; with one it comes as it was printed.
 */
export function createLogSplitter(tty: boolean, onLine: (line: RawLine) => void): LogSplitter {
  return tty ? new PlainSplitter(onLine) : new FrameSplitter(onLine)
}

/** Returns a line for the page. A time stamp that is none stays part of the text. */
export function decodeLine({ stream, bytes, cut }: RawLine): LogLine {
  const space = stampLength(bytes)
  const more = cut === 0 ? '' : ` … (${cut} bytes more)`
  const text = bytes.toString('utf8', space === 0 ? 0 : space + 1).replace(/\r+$/, '')
  return { stream, at: space === 0 ? null : bytes.toString('latin1', 0, space), text: text + more }
}

function stampLength(bytes: Buffer): number {
  const space = bytes.subarray(0, STAMP_LENGTH + 1).indexOf(SPACE)
  return space > 0 && STAMP.test(bytes.toString('latin1', 0, space)) ? space : 0
}

/** A line that grows, of which no more is kept than will be shown. */
class Growing {
  readonly #stream: RawLine['stream']
  readonly #onLine: (line: RawLine) => void
  #parts: Buffer[] = []
  #kept = 0
  #cut = 0

  constructor(stream: RawLine['stream'], onLine: (line: RawLine) => void) {
    this.#stream = stream
    this.#onLine = onLine
  }

  get length(): number {
    return this.#kept + this.#cut
  }

  add(bytes: Buffer): void {
    const part = bytes.subarray(0, LONGEST_LINE - this.#kept)
    if (part.length > 0) this.#parts.push(part)
    this.#kept += part.length
    this.#cut += bytes.length - part.length
  }

  end(): void {
    const [only] = this.#parts
    const bytes = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts)
    this.#onLine({ stream: this.#stream, bytes, cut: this.#cut })
    this.#parts = []
    this.#kept = 0
    this.#cut = 0
  }
}

class FrameSplitter implements LogSplitter {
  readonly #lines: readonly [stdout: Growing, stderr: Growing]
  #held: Buffer = Buffer.alloc(0)

  constructor(onLine: (line: RawLine) => void) {
    this.#lines = [new Growing('stdout', onLine), new Growing('stderr', onLine)]
  }

  push(chunk: Buffer): void {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    let at = 0
    while (bytes.length - at >= HEADER) {
      const start = at + HEADER
      const end = start + bytes.readUInt32BE(at + 4)
      if (end > bytes.length) break
      if (end > start) this.#take(bytes[at] === 2 ? this.#lines[1] : this.#lines[0], bytes.subarray(start, end))
      at = end
    }
    this.#held = bytes.subarray(at)
  }

  #take(line: Growing, message: Buffer): void {
    const whole = message[message.length - 1] === NEWLINE
    const text = whole ? message.subarray(0, -1) : message
    const from = line.length === 0 ? 0 : stampLength(text)
    line.add(from === 0 ? text : text.subarray(from + 1))
    if (whole) line.end()
  }

  end(): void {
    for (const line of this.#lines) if (line.length > 0) line.end()
  }
}

class PlainSplitter implements LogSplitter {
  readonly #line: Growing
  /** Where in the line a stamp of the next piece would be, in bytes; null until the line's own stamp was seen. */
  #next: number | null = null
  #held: Buffer = Buffer.alloc(0)

  constructor(onLine: (line: RawLine) => void) {
    this.#line = new Growing('stdout', onLine)
  }

  push(chunk: Buffer): void {
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    for (;;) {
      const found = rest.indexOf(NEWLINE)
      const part = found < 0 ? rest : rest.subarray(0, found)
      const taken = this.#take(part, found >= 0)
      rest = rest.subarray(taken + (found >= 0 ? 1 : 0))
      if (found < 0) break
      this.#line.end()
      this.#next = null
    }
    this.#held = rest
  }

  /** Takes a part of a line without the stamps of its later pieces; gives how much of it was taken. */
  #take(part: Buffer, ended: boolean): number {
    let at = 0
    while (at < part.length) {
      if (this.#next === null || this.#line.length === this.#next) {
        // The stamp may not have come whole yet.
        if (!ended && part.length - at <= STAMP_LENGTH) return at
        const stamp = stampLength(part.subarray(at))
        const first = this.#next === null
        if (stamp > 0 && !first) at += stamp + 1
        this.#next = (first ? (stamp === 0 ? 0 : stamp + 1) : this.#line.length) + PIECE
      }
      const piece = part.subarray(at, at + this.#next - this.#line.length)
      this.#line.add(piece)
      at += piece.length
    }
    return part.length
  }

  end(): void {
    if (this.#held.length > 0) this.#line.add(this.#held)
    this.#held = Buffer.alloc(0)
    if (this.#line.length > 0) this.#line.end()
    this.#next = null
  }
}
