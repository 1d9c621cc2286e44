/** Why Docker would not do something, in its own words, and which part of the scene it is about. */
export interface Refusal {
  readonly path: string
  readonly message: string
  /** Of a container that would not even be created. */
  readonly atCreate?: true
}

/** What was given, or the words of the refusal. */
export type Granted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string }

export function granted<T>(value: T): Granted<T> {
  return { ok: true, value }
}

export function refused(message: string): Granted<never> {
  return { ok: false, message }
}
