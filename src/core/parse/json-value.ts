import { anything, type Shape } from '../host/shape.ts'
import { findMisfit } from './find-misfit.ts'
import type { Parsed, ParseProblem } from './problem.ts'

/** One object of a tool's JSON. Fields are read with the functions below, which never throw. */
export type JsonRecord = Readonly<Record<string, unknown>>

/** Tells whether a value is a JSON object (and no array). */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns the field as text, or null when it is missing or of another type. */
export function textOf(record: JsonRecord, key: string): string | null {
  const value = record[key]
  return typeof value === 'string' ? value : null
}

/** Returns the field as a number, or null when it is missing or of another type. */
export function numberOf(record: JsonRecord, key: string): number | null {
  const value = record[key]
  return typeof value === 'number' ? value : null
}

/** Returns the texts in a list field; an empty list when it is missing. */
export function textsOf(record: JsonRecord, key: string): readonly string[] {
  const value = record[key]
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}

/** Returns the objects in a list field; an empty list when it is missing. */
export function recordsOf(record: JsonRecord, key: string): readonly JsonRecord[] {
  const value = record[key]
  return Array.isArray(value) ? value.filter(isRecord) : []
}

/** Returns an object field; an empty object when it is missing. */
export function recordOf(record: JsonRecord, key: string): JsonRecord {
  const value = record[key]
  return isRecord(value) ? value : {}
}

/** Returns an object field's members whose values are text. */
export function textMapOf(record: JsonRecord, key: string): Readonly<Record<string, string>> {
  const entries = Object.entries(recordOf(record, key))
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/**
 * Parses the JSON list that `ip -j`, `bridge -j` and their like print. Nothing at all counts as an empty list (iproute2
 * before 6.1 prints nothing); text that is not JSON gives null and a problem.
 */
function parseJsonList(text: string): Parsed<readonly JsonRecord[] | null> {
  if (text.trim() === '') return { value: [], problems: [] }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { value: null, problems: [{ message: `not JSON: ${String(error)}` }] }
  }
  if (!Array.isArray(value)) return { value: null, problems: [{ message: 'not a list' }] }
  // iproute2 pads some lists with empty objects.
  const records = value.filter(isRecord).filter((record) => Object.keys(record).length > 0)
  return { value: records, problems: [] }
}

/** Maps the objects of a tool's list; those that give null, or what does not have the shape, are reported by their position. */
export function mapJsonList<T>(
  text: string,
  what: string,
  map: (record: JsonRecord) => T | null,
  shape: Shape = anything,
): Parsed<readonly T[] | null> {
  const list = parseJsonList(text)
  if (list.value === null) return { value: null, problems: list.problems }
  const values: T[] = []
  const problems: ParseProblem[] = []
  list.value.forEach((record, index) => {
    const value = map(record)
    const misfit = value === null ? '' : findMisfit(value, shape)
    if (value !== null && misfit === null) values.push(value)
    else problems.push({ message: `not a ${what}: ${JSON.stringify(record)} ${misfit}`.trimEnd(), path: `[${index}]` })
  })
  return { value: values, problems }
}
