/** Where a JSON text breaks, or where each member of its outermost object has its value; offsets count from 0. */
export type LocatedJson =
  | { readonly ok: true; readonly members: ReadonlyMap<string, number> }
  | { readonly ok: false; readonly offset: number; readonly expected: string }

class Broken {
  constructor(
    readonly offset: number,
    readonly expected: string,
  ) {}
}

const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const COLON = /:/y
const OBJECT_NEXT = /[,}]/y
const ARRAY_NEXT = /[,\]]/y
const QUOTE = /"/y
// oxlint-disable-next-line no-control-regex -- RFC 8259 forbids exactly these inside a string.
const LETTERS = /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y

interface Cursor {
  readonly text: string
  at: number
}

/**
 * Walks a JSON text for positions, which JSON.parse does not give for every error. It follows RFC 8259 and returns the
 * first place that breaks it.
 */
export function locateJson(text: string): LocatedJson {
  const cursor: Cursor = { text, at: 0 }
  const members = new Map<string, number>()
  try {
    skipSpace(cursor)
    readValue(cursor, members)
    skipSpace(cursor)
    if (cursor.at < text.length) throw new Broken(cursor.at, 'the end of the text')
    return { ok: true, members }
  } catch (error) {
    if (error instanceof Broken) return { ok: false, offset: error.offset, expected: error.expected }
    throw error
  }
}

function skipSpace(cursor: Cursor): void {
  while (/[ \t\r\n]/.test(cursor.text[cursor.at] ?? '')) cursor.at += 1
}

/** Takes what the pattern, which must be sticky, finds right here. */
function take(cursor: Cursor, pattern: RegExp, expected: string): string {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)
  if (found === null) throw new Broken(cursor.at, expected)
  cursor.at = pattern.lastIndex
  return found[0]
}

function readValue(cursor: Cursor, members: Map<string, number> | null): void {
  switch (cursor.text[cursor.at]) {
    case '{':
      return readObject(cursor, members)
    case '[':
      return readArray(cursor)
    case '"':
      readString(cursor)
      return
    default:
      take(cursor, SCALAR, 'a JSON value')
  }
}

function readObject(cursor: Cursor, members: Map<string, number> | null): void {
  cursor.at += 1
  skipSpace(cursor)
  if (cursor.text[cursor.at] === '}') {
    cursor.at += 1
    return
  }
  for (;;) {
    const key = readString(cursor)
    skipSpace(cursor)
    take(cursor, COLON, '":"')
    skipSpace(cursor)
    members?.set(key, cursor.at)
    readValue(cursor, null)
    skipSpace(cursor)
    if (take(cursor, OBJECT_NEXT, '"," or "}"') === '}') return
    skipSpace(cursor)
  }
}

function readArray(cursor: Cursor): void {
  cursor.at += 1
  skipSpace(cursor)
  if (cursor.text[cursor.at] === ']') {
    cursor.at += 1
    return
  }
  for (;;) {
    readValue(cursor, null)
    skipSpace(cursor)
    if (take(cursor, ARRAY_NEXT, '"," or "]"') === ']') return
    skipSpace(cursor)
  }
}

function readString(cursor: Cursor): string {
  take(cursor, QUOTE, 'a string')
  const letters = take(cursor, LETTERS, 'letters')
  take(cursor, QUOTE, 'the end of the string')
  return JSON.parse(`"${letters}"`) as string
}
