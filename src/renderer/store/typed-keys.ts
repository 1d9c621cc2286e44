/** Most characters that go in one call: escaped as JSON they stay below the longest message. */
const MOST = 8000

/** Sends what is typed in its order, one call after the other; what is typed meanwhile goes together. */
export class TypedKeys {
  readonly #send: (data: string) => Promise<void>
  #waiting = ''
  #sending = false

  constructor(send: (data: string) => Promise<void>) {
    this.#send = send
  }

  add(data: string): void {
    this.#waiting += data
    if (!this.#sending) void this.#sendAll()
  }

  async #sendAll(): Promise<void> {
    this.#sending = true
    while (this.#waiting !== '') {
      const data = this.#waiting.slice(0, MOST)
      this.#waiting = this.#waiting.slice(MOST)
      await this.#send(data)
    }
    this.#sending = false
  }
}
