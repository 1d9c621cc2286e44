/** A line taken apart, or why it is none that can be. */
export type SplitLine =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** More than one plain command, or something that a shell puts in: the letter at which that begins. */
  | { readonly kind: 'beyond'; readonly letter: string }
  | { readonly kind: 'unclosed' }

/**
 * Splits one command line as a POSIX shell would: quotes and backslashes are taken off, a backslash at a line's end joins it
 * to the next, `#` begins a comment. What is expanded within double quotes stays as it is.
 */
export function splitLine(line: string): SplitLine {
  const words: string[] = []
  let word: string | null = null
  let quote: '"' | "'" | null = null
  for (let at = 0; at < line.length; at += 1) {
    const letter = line.charAt(at)
    if (letter === '\\' && quote !== "'") {
      at += 1
      const next = line.charAt(at)
      if (next !== '\n') word = (word ?? '') + (quote === '"' && !'$`"\\'.includes(next) ? letter + next : next)
    } else if (quote !== null) {
      if (letter === quote) quote = null
      else word = (word ?? '') + letter
    } else if (letter === '"' || letter === "'") {
      quote = letter
      word ??= ''
    } else if (letter === '#' && word === null) break
    else if (/\s/.test(letter)) {
      if (word !== null) words.push(word)
      word = null
    } else if ('|&;<>()`$'.includes(letter)) return { kind: 'beyond', letter }
    else word = (word ?? '') + letter
  }
  if (quote !== null) return { kind: 'unclosed' }
  return { kind: 'words', words: word === null ? words : [...words, word] }
}

/** Returns the words of a line as splitLine has them; null where it is not one plain command. */
export function splitWords(line: string): readonly string[] | null {
  const split = splitLine(line)
  return split.kind === 'words' ? split.words : null
}
