import type { PageProblem } from './lab-page.ts'
import type { YamlEntry } from './read-yaml-block.ts'

/** Takes the fields of a mapping one by one; what is left over, missing or of another kind is a problem with its line. */
export class FieldReader {
  readonly #left: Set<string>
  readonly #entry: YamlEntry
  readonly #problems: PageProblem[]

  constructor(entry: YamlEntry, problems: PageProblem[]) {
    this.#entry = entry
    this.#problems = problems
    this.#left = new Set(Object.keys(entry.value))
  }

  has(key: string): boolean {
    return this.#entry.value[key] !== undefined
  }

  text(key: string): string {
    return this.maybeText(key) ?? this.#missing(key, 'a text', '')
  }

  maybeText(key: string): string | null {
    const value = this.#take(key)
    if (value === undefined) return null
    if (typeof value === 'string') return value
    return typeof value === 'number' ? String(value) : this.#missing(key, 'a text', null)
  }

  number(key: string): number {
    return this.maybeNumber(key) ?? this.#missing(key, 'a number', 0)
  }

  maybeNumber(key: string): number | null {
    const value = this.#take(key)
    if (value === undefined) return null
    return typeof value === 'number' ? value : this.#missing(key, 'a number', null)
  }

  maybeFlag(key: string): boolean | null {
    const value = this.#take(key)
    if (value === undefined) return null
    return typeof value === 'boolean' ? value : this.#missing(key, 'true or false', null)
  }

  /** One text stands for a list of it alone; nothing for an empty list. */
  texts(key: string): readonly string[] {
    const value = this.#take(key)
    if (value === undefined) return []
    const list = Array.isArray(value) ? value : [value]
    return list.every((each) => typeof each === 'string') ? list : this.#missing(key, 'a list of texts', [])
  }

  /** A regular expression; what is none is a problem. */
  pattern(key: string): string | null {
    const source = this.maybeText(key)
    if (source === null) return null
    try {
      return new RegExp(source).source
    } catch {
      return this.#missing(key, 'a regular expression', null)
    }
  }

  problem(message: string): void {
    this.#problems.push({ message, line: this.#entry.line })
  }

  /** Reports every field that nobody has taken. */
  end(): void {
    for (const key of this.#left) this.problem(`"${key}" means nothing here`)
  }

  #take(key: string): unknown {
    this.#left.delete(key)
    return this.#entry.value[key] ?? undefined
  }

  #missing<T>(key: string, what: string, instead: T): T {
    this.problem(`"${key}" must be ${what}`)
    return instead
  }
}
