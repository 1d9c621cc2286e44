import type { LogLine } from '../../../protocol/manage-methods.ts'

/** A piece of a line; `found` pieces are highlighted. */
export interface LinePiece {
  readonly text: string
  readonly found: boolean
}

/** Escape sequences of terminals (ECMA-48: CSI, OSC and two-character ones): colours mean nothing here. */
// oxlint-disable-next-line no-control-regex -- they begin with a control character
const ESCAPES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/g

/** Returns a line's text as it is shown: without escape sequences, and what a carriage return leaves of it. */
export function plainText({ text }: LogLine): string {
  if (!text.includes('\u001B') && !text.includes('\r')) return text
  const plain = text.replace(ESCAPES, '')
  return plain.slice(plain.lastIndexOf('\r') + 1)
}

/** Returns the indexes of the lines that contain some text, whatever its case; none for an empty text. */
export function findLines(lines: readonly LogLine[], wanted: string): readonly number[] {
  if (wanted === '') return []
  const lower = wanted.toLowerCase()
  return lines.flatMap((line, index) => (plainText(line).toLowerCase().includes(lower) ? [index] : []))
}

/** Returns a text in pieces, those that are the wanted one apart. */
export function splitFound(text: string, wanted: string): readonly LinePiece[] {
  const [lower, low] = [wanted.toLowerCase(), text.toLowerCase()]
  // Some letters have another length in lower case; then nothing can be pointed at.
  if (wanted === '' || low.length !== text.length) return [{ text, found: false }]
  const pieces: LinePiece[] = []
  let at = 0
  for (let next = low.indexOf(lower); next >= 0; next = low.indexOf(lower, at)) {
    if (next > at) pieces.push({ text: text.slice(at, next), found: false })
    pieces.push({ text: text.slice(next, next + wanted.length), found: true })
    at = next + wanted.length
  }
  if (at < text.length) pieces.push({ text: text.slice(at), found: false })
  return pieces
}

/** Returns the lines as a file has them. */
export function logText(lines: readonly LogLine[], times: boolean): string {
  return lines.map((line) => `${times && line.at !== null ? `${line.at} ` : ''}${plainText(line)}\n`).join('')
}

/** Returns a time stamp as a row shows it: to the millisecond, in UTC as Docker gives it. */
export function shortTime(at: string | null): string {
  return at === null ? '' : at.slice(11, 23)
}
