/** What a line editor tells: text for the terminal, a line that was entered, or what a key means while a command runs. */
export interface EditorHandler {
  readonly print: (text: string) => void
  readonly onLine: (line: string) => void
  readonly onInterrupt: () => void
  readonly onEnd: () => void
}

/** Most lines that are remembered. */
const MOST_HISTORY = 200

/** Longest line, in characters. */
const LONGEST = 2000

/** Escape sequences of the keys that it knows (xterm: normal and application cursor mode). */
const KEYS: Readonly<Record<string, 'up' | 'down' | 'left' | 'right' | 'home' | 'end' | 'delete'>> = {
  '[A': 'up',
  OA: 'up',
  '[B': 'down',
  OB: 'down',
  '[C': 'right',
  OC: 'right',
  '[D': 'left',
  OD: 'left',
  '[H': 'home',
  OH: 'home',
  '[F': 'end',
  OF: 'end',
  '[3~': 'delete',
}

// oxlint-disable-next-line no-control-regex -- keys are control characters
const TOKEN = /\u001B(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z])|[\s\S]/gu

/**
 * A terminal's line as busybox's shell lets one type it: echo, backspace, arrows, Home and End, history, Ctrl+A, C, D, E, K,
 * L and U. While a command runs only Ctrl+C counts; what is typed then is kept for the next line.
 */
export class LineEditor {
  readonly #handler: EditorHandler
  readonly #prompt: string
  #line: readonly string[] = []
  #cursor = 0
  #busy = true
  #waiting = ''
  #history: readonly string[] = []
  /** Where in the history one is; its length for the line that is being typed. */
  #at = 0
  #draft = ''

  constructor(prompt: string, handler: EditorHandler) {
    this.#prompt = prompt
    this.#handler = handler
  }

  /** Asks for the next line. */
  ask(): void {
    this.#busy = false
    this.#line = []
    this.#cursor = 0
    this.#at = this.#history.length
    this.#handler.print(this.#prompt)
    const waiting = this.#waiting
    this.#waiting = ''
    this.type(waiting)
  }

  type(data: string): void {
    for (const [token] of data.matchAll(TOKEN)) {
      if (this.#busy) this.#hold(token)
      else this.#key(token)
    }
  }

  #hold(token: string): void {
    if (token !== '\u0003') this.#waiting = (this.#waiting + token).slice(0, LONGEST)
    else {
      this.#waiting = ''
      this.#handler.onInterrupt()
    }
  }

  #key(token: string): void {
    if (token.length > 1 && token.startsWith('\u001B')) return this.#move(KEYS[token.slice(1)] ?? null)
    switch (token) {
      case '\r':
      case '\n':
        return this.#enter()
      case '\u007F':
      case '\b':
        return this.#erase(this.#cursor - 1)
      case '\u0003':
        this.#handler.print('^C\r\n')
        return this.ask()
      case '\u0004':
        return this.#line.length === 0 ? this.#handler.onEnd() : this.#erase(this.#cursor)
      case '\u0001':
        return this.#move('home')
      case '\u0005':
        return this.#move('end')
      case '\u000B':
        return this.#show(this.#line.slice(0, this.#cursor), this.#cursor)
      case '\u0015':
        return this.#show(this.#line.slice(this.#cursor), 0)
      case '\u000C':
        this.#handler.print('\u001B[H\u001B[2J')
        return this.#show(this.#line, this.#cursor)
      default:
        if (token >= ' ') this.#insert(token)
    }
  }

  #insert(letter: string): void {
    if (this.#line.length >= LONGEST) return
    const atEnd = this.#cursor === this.#line.length
    const line = [...this.#line.slice(0, this.#cursor), letter, ...this.#line.slice(this.#cursor)]
    if (!atEnd) return this.#show(line, this.#cursor + 1)
    this.#line = line
    this.#cursor += 1
    this.#handler.print(letter)
  }

  #erase(index: number): void {
    if (index < 0 || index >= this.#line.length) return
    this.#show([...this.#line.slice(0, index), ...this.#line.slice(index + 1)], index)
  }

  #enter(): void {
    const line = this.#line.join('')
    this.#handler.print('\r\n')
    if (line.trim() !== '' && this.#history.at(-1) !== line) {
      this.#history = [...this.#history, line].slice(-MOST_HISTORY)
    }
    this.#busy = true
    this.#handler.onLine(line)
  }

  #move(key: (typeof KEYS)[string] | null): void {
    switch (key) {
      case 'up':
        return this.#turn(-1)
      case 'down':
        return this.#turn(1)
      case 'left':
        return this.#show(this.#line, Math.max(0, this.#cursor - 1))
      case 'right':
        return this.#show(this.#line, Math.min(this.#line.length, this.#cursor + 1))
      case 'home':
        return this.#show(this.#line, 0)
      case 'end':
        return this.#show(this.#line, this.#line.length)
      case 'delete':
        return this.#erase(this.#cursor)
      case null:
        return undefined
      default:
        return key satisfies undefined
    }
  }

  #turn(by: 1 | -1): void {
    const next = this.#at + by
    if (next < 0 || next > this.#history.length) return
    if (this.#at === this.#history.length) this.#draft = this.#line.join('')
    this.#at = next
    const line = Array.from(this.#history[next] ?? this.#draft)
    this.#show(line, line.length)
  }

  #show(line: readonly string[], cursor: number): void {
    this.#line = line
    this.#cursor = cursor
    const back = line.length - cursor
    this.#handler.print(`\r\u001B[K${this.#prompt}${line.join('')}${back > 0 ? `\u001B[${back}D` : ''}`)
  }
}
