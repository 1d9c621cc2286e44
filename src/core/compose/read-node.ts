import { type ComposeNode, describeNode, isNull, type MapEntry } from './node.ts'
import type { NoteBook } from './notes.ts'
import type { Placed } from './project.ts'

/**
 * Readers of single values. `what` names the value in a message (`services.web.hostname`). A value of the wrong kind is a
 * problem of the notes and gives null or nothing.
 */

/** Returns a text. Compose takes no number for one: `hostname: 5` has to be `hostname: "5"`. */
export function readText(node: ComposeNode | undefined, what: string, notes: NoteBook): string | null {
  if (node === undefined) return null
  if (node.kind === 'scalar' && typeof node.value === 'string') return node.value
  const isScalar = node.kind === 'scalar' && node.value !== null
  notes.problem(`${what} is a text${isScalar ? ' (in quotes)' : ''}, this is ${describeNode(node)}`, node.place)
  return null
}

/** Returns a text, a number or a flag as a text. */
export function readScalar(node: ComposeNode | undefined, what: string, notes: NoteBook): string | null {
  if (node === undefined) return null
  if (node.kind === 'scalar' && node.value !== null) return String(node.value)
  notes.problem(`${what} is a text or a number, this is ${describeNode(node)}`, node.place)
  return null
}

/** Returns a flag; variables make texts, so compose takes the words of YAML 1.1 there. */
export function readFlag(node: ComposeNode | undefined, what: string, notes: NoteBook): boolean | null {
  if (node === undefined) return null
  const value = node.kind === 'scalar' ? node.value : null
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' ? value.toLowerCase() : ''
  if (['true', 'y', 'yes', 'on'].includes(word)) return true
  if (['false', 'n', 'no', 'off'].includes(word)) return false
  notes.problem(`${what} is true or false, this is ${describeNode(node)}`, node.place)
  return null
}

/** Returns a whole number within bounds. */
export function readInteger(
  node: ComposeNode | undefined,
  what: string,
  least: number,
  most: number,
  notes: NoteBook,
): number | null {
  if (node === undefined) return null
  const value = node.kind === 'scalar' ? node.value : null
  const number = typeof value === 'string' && /^[+-]?\d{1,12}$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most) return number
  notes.problem(`${what} is a whole number from ${least} to ${most}, this is ${describeNode(node)}`, node.place)
  return null
}

/** Returns the texts of a list, the same one once; a single text is a list of one where `orText` says so. */
export function readTexts(
  node: ComposeNode | undefined,
  what: string,
  notes: NoteBook,
  orText = false,
): readonly Placed[] {
  if (node === undefined) return []
  if (orText && node.kind === 'scalar' && typeof node.value === 'string')
    return [{ text: node.value, place: node.place }]
  if (node.kind !== 'list') {
    notes.problem(`${what} is a list${orText ? ' or a text' : ''}, this is ${describeNode(node)}`, node.place)
    return []
  }
  const texts = node.items.flatMap((item) => {
    if (item.edit === 'reset') return []
    const text = readText(item, `an entry of ${what}`, notes)
    return text === null ? [] : [{ text, place: item.place }]
  })
  return texts.filter(({ text }, index) => texts.findIndex((other) => other.text === text) === index)
}

/** Returns the entries of a mapping that are there; a value of nothing is none where `orNothing` says so. */
export function readEntries(
  node: ComposeNode | undefined,
  what: string,
  notes: NoteBook,
  orNothing = false,
): readonly (readonly [string, MapEntry])[] {
  if (node === undefined || (orNothing && isNull(node))) return []
  if (node.kind === 'map') return [...node.entries].filter(([, { value }]) => value.edit !== 'reset')
  notes.problem(`${what} is a mapping, this is ${describeNode(node)}`, node.place)
  return []
}

/** Returns `{A: 1}` or `[A=1]` as an object of texts. */
export function readPairs(
  node: ComposeNode | undefined,
  what: string,
  notes: NoteBook,
): Readonly<Record<string, string>> {
  if (node?.kind !== 'list') {
    const entries = readEntries(node, what, notes).map(([key, { value }]) => {
      return [key, isNull(value) ? '' : (readScalar(value, `${what}.${key}`, notes) ?? '')] as const
    })
    return Object.fromEntries(entries)
  }
  const texts = readTexts(node, what, notes).map(({ text }) => {
    const at = text.indexOf('=')
    return at < 0 ? ([text, ''] as const) : ([text.slice(0, at), text.slice(at + 1)] as const)
  })
  return Object.fromEntries(texts)
}

/** Reports the keys of a mapping that compose does not know; `x-` keys are anybody's. */
export function checkKeys(node: ComposeNode, known: readonly string[], what: string, notes: NoteBook): void {
  if (node.kind !== 'map') return
  for (const [key, { place }] of node.entries) {
    if (known.includes(key) || key.startsWith('x-')) continue
    notes.problem(`compose does not know "${key}" in ${what}`, place)
  }
}
