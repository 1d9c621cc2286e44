import type { Duplex } from 'node:stream'

/** How often output is handed on, in milliseconds: a key's echo is not felt to be late. */
const EVERY = 20

/** Most that is handed on at once, in bytes: over a second 3 MB, which a page can still draw. */
const MOST = 64 * 1024

/**
 * Hands a terminal's output on at a pace that a page can follow. Nothing of it may be left out, since half an escape
 * sequence would spoil the rest; so the stream is paused, and the program that prints waits, as at any slow terminal.
 */
export class TerminalPump {
  readonly #stream: Duplex
  readonly #onOutput: (bytes: Uint8Array) => void
  #held: Buffer[] = []
  #length = 0
  #timer: NodeJS.Timeout | null = null
  #discards = false

  constructor(stream: Duplex, onOutput: (bytes: Uint8Array) => void) {
    this.#stream = stream
    this.#onOutput = onOutput
  }

  start(first: Buffer): void {
    if (first.length > 0) this.#take(first)
    this.#stream.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#stream.resume()
  }

  /** From now on nothing is handed on; the stream is read to its end. */
  discard(): void {
    this.#discards = true
    this.#held = []
    this.#length = 0
    this.#stream.resume()
  }

  #take(chunk: Buffer): void {
    if (this.#discards) return
    this.#held.push(chunk)
    this.#length += chunk.length
    if (this.#length >= MOST) this.#stream.pause()
    this.#timer ??= setTimeout(() => this.#tick(), EVERY)
  }

  #tick(): void {
    this.#timer = null
    this.flush()
    this.#stream.resume()
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const bytes = Buffer.concat(this.#held)
    this.#held = []
    this.#length = 0
    if (bytes.length > 0 && !this.#discards) this.#onOutput(bytes)
  }
}
