/**
 * Checks of plain JSON against the shape that a type has. A shape reports every problem that it finds with the path to it
 * (`namespaces[0].routes[3].metric`) and never throws.
 */

/** One thing that is wrong with a value, and where. */
export interface ShapeProblem {
  readonly path: string
  readonly message: string
}

/** Reports what is wrong with a value at a path. */
export type Report = (path: string, message: string) => void

/** Checks one value. */
export type Shape = (value: unknown, path: string, report: Report) => void

/** A field that may be missing; null and undefined are no values for it. */
export interface OptionalShape {
  readonly optional: Shape
}

type Fields = Readonly<Record<string, Shape | OptionalShape>>

/** Every field of T, so that a field added to the type does not compile until it is checked. */
type FieldsOf<T> = { readonly [K in keyof T]-?: Shape | OptionalShape }

/** Describes a value for a message: its type, or itself where it is short. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (typeof value === 'string') return value.length > 40 ? `"${value.slice(0, 40)}…"` : `"${value}"`
  return Array.isArray(value) ? 'a list' : 'an object'
}

function expectThat(holds: boolean, what: string): Shape {
  return (value, path, report) => {
    if (!holds) report(path, `${what} expected, ${describeValue(value)} found`)
  }
}

function primitive(what: string, test: (value: unknown) => boolean): Shape {
  return (value, path, report) => expectThat(test(value), what)(value, path, report)
}

export const text: Shape = primitive('text', (value) => typeof value === 'string')
export const flag: Shape = primitive('true or false', (value) => typeof value === 'boolean')
export const number: Shape = primitive('a number', (value) => typeof value === 'number' && Number.isFinite(value))
export const anything: Shape = () => undefined

/** Returns the shape of a whole number within bounds. */
export function integer(least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER): Shape {
  const isBounded = least !== Number.MIN_SAFE_INTEGER || most !== Number.MAX_SAFE_INTEGER
  const what = isBounded ? `a whole number from ${least} to ${most}` : 'a whole number'
  return primitive(what, (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most)
}

/** Returns the shape of a text that passes a test; `what` names it (`an IP address`). */
export function textThat(what: string, test: (value: string) => boolean): Shape {
  return primitive(what, (value) => typeof value === 'string' && test(value))
}

/** Returns the shape of one of a few words. */
export function oneOf<T extends string | number>(...words: readonly T[]): Shape {
  const what = words.map((word) => JSON.stringify(word)).join(' or ')
  return primitive(what, (value) => words.includes(value as T))
}

export function nullable(shape: Shape): Shape {
  return (value, path, report) => (value === null ? undefined : shape(value, path, report))
}

export function optional(shape: Shape): OptionalShape {
  return { optional: shape }
}

export function list(shape: Shape): Shape {
  return (value, path, report) => {
    if (!Array.isArray(value)) return report(path, `a list expected, ${describeValue(value)} found`)
    value.forEach((item, index) => shape(item, `${path}[${index}]`, report))
  }
}

/** Returns the shape of an object whose keys are data. */
export function mapOf(shape: Shape): Shape {
  return (value, path, report) => {
    if (!isObject(value)) return report(path, `an object expected, ${describeValue(value)} found`)
    for (const [key, item] of Object.entries(value)) shape(item, `${path}[${JSON.stringify(key)}]`, report)
  }
}

/** Returns the shape of an object with exactly the fields of T. A field that T does not have is a problem, too. */
export function object<T>(fields: FieldsOf<T>): Shape {
  return (value, path, report) => {
    if (!isObject(value)) return report(path, `an object expected, ${describeValue(value)} found`)
    checkFields(value, fields, path, report)
  }
}

/** Returns the shape of a union that is told apart by `kind`; `variants` has the other fields of each. */
export function byKind<T extends { readonly kind: string }>(
  variants: {
    readonly [K in T['kind']]: { readonly [F in Exclude<keyof Extract<T, { kind: K }>, 'kind'>]: Shape } | Fields
  },
): Shape {
  return (value, path, report) => {
    if (!isObject(value)) return report(path, `an object expected, ${describeValue(value)} found`)
    const kind = value['kind']
    const fields = typeof kind === 'string' && Object.hasOwn(variants, kind) ? variants[kind as T['kind']] : undefined
    if (fields === undefined) return report(`${path}.kind`, `unknown kind ${describeValue(kind)}`)
    checkFields(value, { kind: anything, ...(fields as Fields) }, path, report)
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkFields(value: Readonly<Record<string, unknown>>, fields: Fields, path: string, report: Report): void {
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`)
  for (const [key, shape] of Object.entries(fields)) {
    if (typeof shape === 'function') {
      if (Object.hasOwn(value, key)) shape(value[key], at(key), report)
      else report(at(key), 'missing')
    } else if (Object.hasOwn(value, key)) shape.optional(value[key], at(key), report)
  }
  for (const key of Object.keys(value)) if (!Object.hasOwn(fields, key)) report(at(key), 'unknown field')
}
