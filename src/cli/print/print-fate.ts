import type { Disposition } from '../../core/trace/disposition.ts'
import { describeDisposition, signOf } from './describe-disposition.ts'
import { render, span, textWidth, wrap, type Span } from './line.ts'
import { glyphsOf, type Style } from './style.ts'

/** `✗ dropped: REASON`, below itself where it is long. A reason that begins with the word itself stands alone. */
export function printFate(disposition: Disposition, reason: string, indent: number, style: Style): readonly string[] {
  const { sign, role } = signOf(disposition, glyphsOf(style))
  const words = describeDisposition(disposition)
  const saysIt = reason.toLowerCase().startsWith(words)
  const start = [span(`${' '.repeat(indent)}${sign} `, role), span(words, role)]
  const text = saysIt ? reason.slice(words.length) : `: ${reason}`
  if (reason === '') return [render(style, start)]
  // Wrapping begins at a word: a blank between the two belongs to what stands before it.
  return hang(text.startsWith(' ') ? [...start, span(' ')] : start, text.trimStart(), indent + 2, style)
}

/** `! warning: SENTENCE`. */
export function printWarning(sentence: string, style: Style): readonly string[] {
  return hang([span(`${glyphsOf(style).warn} warning`, 'warn')], `: ${sentence}`, 2, style)
}

/** Some pieces, then a text that goes on below them from `margin` on. */
function hang(start: readonly Span[], text: string, margin: number, style: Style): readonly string[] {
  const head = start.map((piece) => piece.text).join('')
  const [first = '', ...rest] = wrap(text, style.width - textWidth(head))
  const tail = rest.length === 0 ? [] : wrap(rest.join(' '), style.width - margin)
  return [
    render(style, [...start, span(first)]),
    ...tail.map((line) => render(style, [span(' '.repeat(margin) + line)])),
  ]
}
