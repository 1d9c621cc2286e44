import { paint, type Role, type Style } from './style.ts'

/** A piece of a line with one look. */
export interface Span {
  readonly text: string
  readonly role: Role
}

/** A piece of text; what a terminal would obey (escape sequences in a name or a rule) is made visible instead. */
export function span(text: string, role: Role = 'plain'): Span {
  return { text: text.replace(/\p{Cc}/gu, '\uFFFD'), role }
}

/** Columns that a text takes: names, rules and addresses have one for each code point. */
export function textWidth(text: string): number {
  return Array.from(text).length
}

/** Columns that the pieces take together. */
function widthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, piece) => sum + textWidth(piece.text), 0)
}

/** The line as it is written, without blanks at its end. */
export function render(style: Style, spans: readonly Span[]): string {
  const last = spans.findLastIndex((piece) => piece.text.trim() !== '')
  return spans
    .slice(0, last + 1)
    .map((piece, index) => paint(style, piece.role, index === last ? piece.text.trimEnd() : piece.text))
    .join('')
}

/** Adds blanks up to a width. */
export function padTo(spans: readonly Span[], width: number): readonly Span[] {
  const missing = width - widthOf(spans)
  return missing > 0 ? [...spans, span(' '.repeat(missing))] : spans
}

/** Shortens in the middle, where names differ least: `my-very…-web-1`. */
export function shorten(text: string, width: number, ellipsis: string): string {
  const letters = Array.from(text)
  if (letters.length <= width) return text
  const room = Math.max(2, width - ellipsis.length)
  const head = Math.ceil(room / 2)
  return letters.slice(0, head).join('') + ellipsis + letters.slice(letters.length - (room - head)).join('')
}

/** Splits at blanks into lines of at most `width`; a longer word stands alone, whole: a rule is never cut. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/ +/)) {
    if (line === '') line = word
    else if (textWidth(line) + 1 + textWidth(word) <= width) line += ` ${word}`
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}
