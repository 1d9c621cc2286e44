/** Something in a text that could not be understood. `line` counts from 1; `path` points into JSON. */
export interface ParseProblem {
  readonly message: string
  readonly line?: number
  readonly path?: string
}

/** What a parser made of a text, and what it could not make sense of: nothing is dropped without a problem. */
export interface Parsed<T> {
  readonly value: T
  readonly problems: readonly ParseProblem[]
}
