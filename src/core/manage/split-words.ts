/**
 * Splits one command line as a POSIX shell would: quotes are taken off, a backslash at a line's end joins it to the next.
 * Null where a quote is not closed, or where there is more than one plain command (`|`, `;`, `&`, `>`, `$`).
 */
export function splitWords(line: string): readonly string[] | null {
  const words: string[] = []
  let word: string | null = null
  let quote: '"' | "'" | null = null
  const text = line.replaceAll('\\\n', ' ').trim()
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] as string
    if (quote !== null) {
      if (letter === quote) quote = null
      else word = (word ?? '') + letter
    } else if (letter === '"' || letter === "'") {
      quote = letter
      word ??= ''
    } else if (/\s/.test(letter)) {
      if (word !== null) words.push(word)
      word = null
    } else if ('|;&><$`'.includes(letter)) return null
    else word = (word ?? '') + letter
  }
  if (quote !== null) return null
  return word === null ? words : [...words, word]
}
