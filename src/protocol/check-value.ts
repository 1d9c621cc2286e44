import type { Failure, Outcome } from './contract.ts'
import { isRecord } from './messages.ts'

/** A checked value, or the `bad-params` failure that says where it is wrong. */
export type Checked<T> = Outcome<T>

/** Returns a `bad-params` failure; `why` completes the sentence that starts with the path. */
export function badParams(at: string, why: string): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure: { code: 'bad-params', message: `${at} ${why}`, at } }
}

/** Returns the value as an object with named members, or a failure. */
export function checkRecord(input: unknown, at: string): Checked<Readonly<Record<string, unknown>>> {
  return isRecord(input) ? { ok: true, value: input } : badParams(at, 'must be an object')
}

/** Refuses the first member that is not among the known names. */
export function checkKeys(
  value: Readonly<Record<string, unknown>>,
  known: readonly string[],
  at: string,
): Checked<Readonly<Record<string, unknown>>> {
  const stranger = Object.keys(value).find((key) => !known.includes(key))
  // The name is the sender's own text: cut, so that a failure cannot be made to carry a megabyte back.
  return stranger === undefined ? { ok: true, value } : badParams(`${at}.${stranger.slice(0, 60)}`, 'is not known')
}

/** Returns a text of 1 to `longest` characters without control characters, or a failure. */
export function checkText(input: unknown, at: string, longest: number): Checked<string> {
  if (typeof input !== 'string') return badParams(at, 'must be a text')
  if (input.length === 0) return badParams(at, 'must not be empty')
  if (input.length > longest) return badParams(at, `must have at most ${longest} characters`)
  if (/\p{Cc}/u.test(input)) return badParams(at, 'must not have control characters')
  return { ok: true, value: input }
}

/** Returns a whole number of the closed range, or a failure. */
export function checkInteger(input: unknown, at: string, lowest: number, highest: number): Checked<number> {
  const fits = Number.isInteger(input) && (input as number) >= lowest && (input as number) <= highest
  return fits
    ? { ok: true, value: input as number }
    : badParams(at, `must be a whole number from ${lowest} to ${highest}`)
}
