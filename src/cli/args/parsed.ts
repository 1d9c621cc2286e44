/** What reading the command line gives: a value, or one sentence that names what was given and what is allowed. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string }

/** Wraps a value that was read. */
export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value }
}

/** Wraps a problem; it is printed after `hopwire: ` on one line. */
export function refused(problem: string): Parsed<never> {
  return { ok: false, problem }
}
