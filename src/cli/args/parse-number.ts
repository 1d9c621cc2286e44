import { parsed, refused, type Parsed } from './parsed.ts'

/** A whole number between `low` and `high`, written in plain decimal digits; `what` names it in the refusal. */
export function parseWhole(what: string, text: string, low: number, high: number): Parsed<number> {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= low && value <= high) return parsed(value)
  return refused(`${what}: "${text}" is not a whole number from ${low} to ${high}`)
}
