import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Document } from 'yaml'
import type { ComposeNode, Edit, MapEntry, Place } from './node.ts'
import type { NoteBook } from './notes.ts'

/** What a file may grow to once its aliases are written out; a few lines can otherwise stand for billions. */
const MOST_NODES = 200_000
const DEEPEST = 100

interface Reading {
  readonly file: string
  readonly lines: LineCounter
  readonly notes: NoteBook
  readonly anchors: Map<string, ComposeNode>
  readonly sizes: Map<ComposeNode, number>
}

/**
 * Reads the documents of a YAML text: anchors, aliases and merge keys are taken in, `!reset` and `!override` kept as marks.
 * What cannot be read is a problem of the notes, and then the list may lack it. Never throws.
 */
export function readYaml(text: string, file: string, notes: NoteBook): readonly ComposeNode[] {
  const lines = new LineCounter()
  const documents = parseText(text, lines, file, notes)
  const nodes: ComposeNode[] = []
  for (const document of documents) {
    for (const { message, pos } of document.errors) notes.problem(sentence(message), placeOf(file, lines, pos[0]))
    if (document.errors.length > 0 || document.contents === null) continue
    const reading: Reading = { file, lines, notes, anchors: new Map(), sizes: new Map() }
    const node = convert(reading, document.contents, 0)
    if (node !== null) nodes.push(node)
  }
  return nodes
}

function parseText(text: string, lines: LineCounter, file: string, notes: NoteBook): readonly Document.Parsed[] {
  try {
    const parsed = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      version: '1.2',
      logLevel: 'silent',
    })
    return 'empty' in parsed ? [] : parsed
  } catch (error) {
    // The parser calls itself for each level, so a text of brackets alone ends its stack.
    notes.problem(`it cannot be read as YAML: ${sentence(String(error))}`, { file, line: 0, column: 0 })
    return []
  }
}

function sentence(message: string): string {
  return message.replace(/\s+/g, ' ').trim()
}

function placeOf(file: string, lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset)
  return { file, line, column: col }
}

function convert(reading: Reading, node: unknown, depth: number): ComposeNode | null {
  const range = (node as { readonly range?: readonly number[] | null }).range
  const place = placeOf(reading.file, reading.lines, range?.[0] ?? 0)
  if (depth > DEEPEST) return refuse(reading, `it is nested deeper than ${DEEPEST} levels`, place)
  const made = convertKind(reading, node, place, depth)
  if (made === null) return null
  const [result, size] = made
  if (size > MOST_NODES) return refuse(reading, `its aliases stand for more than ${MOST_NODES} values`, place)
  reading.sizes.set(result, size)
  const { anchor } = node as { readonly anchor?: string }
  if (anchor !== undefined) reading.anchors.set(anchor, result)
  return result
}

type Sized = readonly [ComposeNode, number]

function convertKind(reading: Reading, node: unknown, place: Place, depth: number): Sized | null {
  if (isAlias(node)) {
    const meant = reading.anchors.get(node.source)
    if (meant === undefined) return refuse(reading, `there is no anchor &${node.source} before this alias`, place)
    return [meant, reading.sizes.get(meant) ?? 1]
  }
  const mark = editOf((node as { readonly tag?: string }).tag)
  if (isScalar(node)) return [{ kind: 'scalar', place, value: plainValue(node.value), ...mark }, 1]
  if (isSeq(node)) {
    const items: ComposeNode[] = []
    for (const item of node.items) {
      const made = convert(reading, item, depth + 1)
      if (made !== null) items.push(made)
    }
    return [{ kind: 'list', place, items, ...mark }, sum(reading, items)]
  }
  if (!isMap(node)) return refuse(reading, 'this is neither a value nor a list nor a mapping', place)
  const entries = convertMap(reading, node.items, place, depth)
  return [
    { kind: 'map', place, entries, ...mark },
    sum(
      reading,
      [...entries.values()].map(({ value }) => value),
    ),
  ]
}

function sum(reading: Reading, nodes: readonly ComposeNode[]): number {
  return nodes.reduce((total, node) => total + (reading.sizes.get(node) ?? 1), 1)
}

function editOf(tag: string | undefined): { readonly edit?: Edit } {
  if (tag === '!reset') return { edit: 'reset' }
  return tag === '!override' ? { edit: 'override' } : {}
}

function plainValue(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value
  // A tag such as !!binary makes something else of it; no key that matters here takes one.
  return JSON.stringify(value) ?? null
}

interface PairLike {
  readonly key: unknown
  readonly value: unknown
}

/** A `<<` key gives what the mapping itself does not say, the first of several mappings winning. */
function convertMap(reading: Reading, pairs: readonly PairLike[], place: Place, depth: number): Map<string, MapEntry> {
  const entries = new Map<string, MapEntry>()
  const merged: ComposeNode[] = []
  for (const pair of pairs) {
    const key = readKey(reading, pair.key, place)
    if (key === null) continue
    const value =
      pair.value === null
        ? ({ kind: 'scalar', value: null, place: key.place } as const)
        : convert(reading, pair.value, depth + 1)
    if (value === null) continue
    if (key.text === '<<') merged.push(...mergedMaps(reading, value))
    else entries.set(key.text, { place: key.place, value })
  }
  for (const map of merged) {
    if (map.kind !== 'map') continue
    for (const [key, entry] of map.entries) if (!entries.has(key)) entries.set(key, entry)
  }
  return entries
}

function mergedMaps(reading: Reading, value: ComposeNode): readonly ComposeNode[] {
  const maps = value.kind === 'list' ? value.items : [value]
  for (const map of maps)
    if (map.kind !== 'map') reading.notes.problem('`<<` takes a mapping, or a list of mappings', map.place)
  return maps
}

function readKey(
  reading: Reading,
  key: unknown,
  around: Place,
): { readonly text: string; readonly place: Place } | null {
  if (isScalar(key)) {
    const place = placeOf(reading.file, reading.lines, key.range?.[0] ?? 0)
    if (typeof key.value === 'string') return { text: key.value, place }
    reading.notes.problem(`the key ${String(key.value)} is no text: put it in quotes`, place)
    return null
  }
  reading.notes.problem('a key of this mapping is no text', around)
  return null
}

function refuse(reading: Reading, message: string, place: Place): null {
  reading.notes.problem(message, place)
  return null
}
