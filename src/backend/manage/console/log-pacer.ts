import type { LogLine } from '../../../protocol/manage-methods.ts'
import { decodeLine, type RawLine } from './log-splitter.ts'

/** How often lines are handed on, in milliseconds. */
export const FLUSH_EVERY = 200

/** Most lines and bytes from the beginning of such a time that are handed on, and as many again from its end. */
const MOST_LINES = 500
const MOST_BYTES = 128 * 1024

/** Most bytes of the lines that were asked for and are never left out. */
const MOST_ASKED_BYTES = 8 * 1024 * 1024

/**
 * Thins out a log that comes faster than anybody reads: of each moment the first and the last lines are kept, and between
 * them one line says how many were left out. The `asked` first ones are all kept.
 */
export class LogPacer {
  readonly #onLines: (lines: readonly LogLine[]) => void
  #asked: number
  #askedBytes = MOST_ASKED_BYTES
  #head: RawLine[] = []
  #headBytes = 0
  #tail: RawLine[] = []
  #tailFrom = 0
  #tailBytes = 0
  #leftOut = 0
  #leftBytes = 0

  constructor(asked: number, onLines: (lines: readonly LogLine[]) => void) {
    this.#asked = asked
    this.#onLines = onLines
  }

  add(line: RawLine): void {
    const isFull = this.#head.length >= MOST_LINES || this.#headBytes >= MOST_BYTES
    if (isFull && this.#asked > 0 && this.#askedBytes > 0 && this.#tail.length === 0) this.flush()
    else if (isFull) return this.#addToTail(line)
    this.#asked = Math.max(0, this.#asked - 1)
    this.#askedBytes -= line.bytes.length
    this.#head.push(line)
    this.#headBytes += line.bytes.length
  }

  #addToTail(line: RawLine): void {
    this.#tail.push(line)
    this.#tailBytes += line.bytes.length
    while (this.#tail.length - this.#tailFrom > MOST_LINES || this.#tailBytes > MOST_BYTES) {
      const first = this.#tail[this.#tailFrom]
      if (first === undefined) break
      this.#tailFrom += 1
      this.#tailBytes -= first.bytes.length
      this.#leftOut += 1
      this.#leftBytes += first.bytes.length + first.cut
    }
    // What was passed over is let go of now and then, not line by line.
    if (this.#tailFrom > 4 * MOST_LINES) {
      this.#tail = this.#tail.slice(this.#tailFrom)
      this.#tailFrom = 0
    }
  }

  /** Hands on what there is. */
  flush(): void {
    const note = this.#leftOut === 0 ? [] : [noteLine(describeLeftOut(this.#leftOut, this.#leftBytes))]
    const lines = [...this.#head.map(decodeLine), ...note, ...this.#tail.slice(this.#tailFrom).map(decodeLine)]
    this.#head = []
    this.#tail = []
    this.#headBytes = this.#tailBytes = this.#tailFrom = this.#leftOut = this.#leftBytes = 0
    if (lines.length > 0) this.#onLines(lines)
  }
}

/** Returns a line that is not the container's own. */
export function noteLine(text: string): LogLine {
  return { stream: 'note', at: null, text }
}

function describeLeftOut(lines: number, bytes: number): string {
  const size = bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
  const what = lines === 1 ? '1 line was' : `${lines} lines were`
  return `${what} left out here (${size}): the container prints faster than can be shown`
}
