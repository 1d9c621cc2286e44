/**
 * Variables in values, to the letter as compose does it (compose-go:template/template.go): `$A`, `${A}`, `${A:-word}`,
 * `${A-word}`, `${A:+word}`, `${A+word}`, `${A:?words}`, `${A?words}`, words that hold variables, and `$$` for a dollar.
 */

/** Returns a variable's value, or undefined where it is not set. */
export type Lookup = (name: string) => string | undefined

export type Substituted =
  | { readonly ok: true; readonly text: string; readonly unset: readonly string[] }
  | { readonly ok: false; readonly message: string }

const DEEPEST = 50
const NAME = '[_a-z][_a-z0-9]*'
const PATTERN = `\\$(?:(\\$)|(${NAME})|\\{(?:(${NAME}(?::?[-+?](?:[^\\n]*))?)\\}|()))`
const OPERATORS = [':?', '?', ':-', '-', ':+', '+'] as const

/** Returns a text with its variables replaced, and the names of those that were not set and had no default. */
export function substitute(template: string, lookup: Lookup): Substituted {
  const unset: string[] = []
  const result = replaceAll(template, lookup, unset, 0)
  return typeof result === 'string' ? { ok: true, text: result, unset } : { ok: false, message: result.message }
}

interface Refusal {
  readonly message: string
}

function replaceAll(template: string, lookup: Lookup, unset: string[], depth: number): string | Refusal {
  if (depth > DEEPEST) return { message: `its variables are nested deeper than ${DEEPEST} levels` }
  let refusal: Refusal | null = null
  const text = template.replace(new RegExp(PATTERN, 'gi'), (match) => {
    const replaced = replaceOne(match, lookup, unset, depth)
    if (typeof replaced === 'string') return replaced
    refusal ??= replaced
    return ''
  })
  return refusal ?? text
}

function replaceOne(match: string, lookup: Lookup, unset: string[], depth: number): string | Refusal {
  // The pattern takes all up to the last brace of the line; what is behind the one that closes is another text.
  const end = closingBrace(match)
  const head = end < 0 ? match : match.slice(0, end + 1)
  const rest = end < 0 ? '' : match.slice(end + 1)
  const [, escaped, named, braced] = new RegExp(PATTERN, 'i').exec(head) ?? []
  if (escaped !== undefined) return escaped
  const expression = named ?? braced
  if (expression === undefined || expression === '') return { message: invalid(match) }
  const operator = firstOperator(match)
  if (braced !== undefined && operator !== null && expression.includes(operator)) {
    const value = applyOperator(expression, operator, lookup, unset, depth)
    if (typeof value !== 'string') return value
    const behind = replaceAll(rest, lookup, unset, depth + 1)
    return typeof behind === 'string' ? value + behind : behind
  }
  const value = lookup(expression)
  if (value === undefined) unset.push(expression)
  return value ?? ''
}

function invalid(match: string): string {
  return `"${match}" is no variable that compose knows (for a plain $ write $$)`
}

function firstOperator(text: string): (typeof OPERATORS)[number] | null {
  const found = OPERATORS.filter((operator) => text.includes(operator))
  return found.sort((a, b) => text.indexOf(a) - text.indexOf(b))[0] ?? null
}

function applyOperator(
  expression: string,
  operator: (typeof OPERATORS)[number],
  lookup: Lookup,
  unset: string[],
  depth: number,
): string | Refusal {
  const at = expression.indexOf(operator)
  const name = expression.slice(0, at)
  const word = replaceAll(expression.slice(at + operator.length), lookup, unset, depth + 1)
  if (typeof word !== 'string') return word
  const value = lookup(name)
  const isThere = value !== undefined && (!operator.startsWith(':') || value !== '')
  switch (operator) {
    case ':-':
    case '-':
      return isThere ? value : word
    case ':+':
    case '+':
      return isThere ? word : (value ?? '')
    case ':?':
    case '?':
      return isThere ? value : { message: `the variable ${name} must be set${word === '' ? '' : `: ${word}`}` }
    default:
      return operator satisfies never
  }
}

/** Returns where the first brace is closed, or -1. A character right behind an opening brace is never looked at. */
function closingBrace(text: string): number {
  let open = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '}' && --open === 0) return index
    if (text[index] === '{') {
      open++
      index++
    }
  }
  return -1
}
