import type { NoteBook } from './notes.ts'
import { type Lookup, substitute } from './substitute.ts'

export type Environment = Readonly<Record<string, string>>

interface Cursor {
  readonly text: string
  at: number
}

/**
 * Reads an env file (compose-go:dotenv/parser.go): `KEY=value`, `export KEY=value`, `KEY: value`, quotes, comments, values of
 * several lines, variables of the environment and of the lines before. A line that cannot be read is a problem of the
 * notes and ends the reading.
 */
export function readEnvFile(text: string, file: string, outside: Lookup, notes: NoteBook): Environment {
  const found: Record<string, string> = {}
  const lookup: Lookup = (name) => outside(name) ?? (Object.hasOwn(found, name) ? found[name] : undefined)
  const cursor: Cursor = { text: text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'), at: 0 }
  for (skipToStatement(cursor); cursor.at < cursor.text.length; skipToStatement(cursor)) {
    const line = cursor.text.slice(0, cursor.at).split('\n').length
    const refuse = (message: string): false => (notes.problem(message, { file, line, column: 1 }), false)
    if (!readStatement(cursor, found, outside, lookup, refuse)) break
  }
  return found
}

function skipToStatement(cursor: Cursor): void {
  const rest = /^(?:\s|#[^\n]*(?:\n|$))*/.exec(cursor.text.slice(cursor.at))
  cursor.at += rest?.[0].length ?? 0
}

type Refuse = (message: string) => false

function readStatement(
  cursor: Cursor,
  found: Record<string, string>,
  outside: Lookup,
  lookup: Lookup,
  refuse: Refuse,
): boolean {
  const rest = cursor.text.slice(cursor.at)
  const head = /^(?:export[^\S\n]+)?([^=:\n]*)([=:]|\n|$)[^\S\n]*/.exec(rest)
  const key = (head?.[1] ?? '').trimEnd()
  const bad = /[^\p{L}\p{N}\s_.\-[\]]/u.exec(key)
  if (bad !== null) return refuse(`${JSON.stringify(bad[0])} cannot stand in the name of a variable`)
  if (/\s/.test(key)) return refuse(`the name ${JSON.stringify(key)} has a space in it`)
  cursor.at += head?.[0].length ?? rest.length
  if (head?.[2] !== '=' && head?.[2] !== ':') {
    // A name alone takes the value from outside.
    const value = outside(key)
    if (value !== undefined) found[key] = value
    return true
  }
  const value = readValue(cursor, lookup, refuse)
  if (value === null) return false
  // compose-go:dotenv/godotenv.go leaves out names that begin with a digit.
  if (!/^\d/.test(key)) found[key] = value
  return true
}

function readValue(cursor: Cursor, lookup: Lookup, refuse: Refuse): string | null {
  const rest = cursor.text.slice(cursor.at)
  const quote = rest[0]
  if (quote !== '"' && quote !== "'") {
    const line = rest.split('\n', 1)[0] ?? ''
    cursor.at += line.length
    return expand((line.split(' #', 1)[0] ?? '').trimEnd(), lookup, refuse)
  }
  const quoted = readQuoted(rest, quote)
  if (quoted === null) {
    refuse(`the value ${rest.split('\n', 1)[0]?.slice(0, 40)} has no closing quote`)
    return null
  }
  cursor.at += quoted.length
  return quote === "'" ? quoted.text : expand(expandEscapes(quoted.text), lookup, refuse)
}

function expand(text: string, lookup: Lookup, refuse: Refuse): string | null {
  const done = substitute(text, lookup)
  if (done.ok) return done.text
  refuse(done.message)
  return null
}

/** Only the quote itself can be escaped here; any other backslash stays for expandEscapes. */
function readQuoted(text: string, quote: string): { readonly text: string; readonly length: number } | null {
  let value = ''
  for (let index = 1; index < text.length; index++) {
    const char = text[index] ?? ''
    const next = text[index + 1]
    if (char === quote) return { text: value, length: index + 1 }
    if (char === '\\' && next !== undefined) {
      value += next === quote ? next : `\\${next}`
      index++
    } else value += char
  }
  return null
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  // A dollar that stays one once variables are replaced.
  $: '$$',
}

function expandEscapes(text: string): string {
  return text.replace(/\\([abcfnrtv$"\\]|0\d{0,3})/g, (match, code: string) => {
    if (!code.startsWith('0')) return ESCAPES[code] ?? match
    // Three octal digits behind the 0 are a character; of anything else compose takes the 0 away.
    const digits = code.slice(1)
    return /^[0-3][0-7]{2}$/.test(digits) ? String.fromCharCode(Number.parseInt(digits, 8)) : `\\${digits}`
  })
}
