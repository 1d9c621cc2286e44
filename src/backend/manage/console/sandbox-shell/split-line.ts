/** The words of a line, or what of a shell's language is not simulated. */
export type SplitLine =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly message: string }

/** Splits a line into words as a shell does, quotes and backslashes understood. Pipes and their like are told, not skipped. */
export function splitLine(line: string): SplitLine {
  const words: string[] = []
  let word: string | null = null
  let quote: '"' | "'" | null = null
  for (let at = 0; at < line.length; at += 1) {
    const letter = line.charAt(at)
    if (quote !== null) {
      if (letter === quote) quote = null
      else word = (word ?? '') + letter
    } else if (letter === '"' || letter === "'") {
      quote = letter
      word ??= ''
    } else if (letter === '\\') {
      at += 1
      word = (word ?? '') + line.charAt(at)
    } else if (letter === '#' && word === null) break
    else if (/\s/.test(letter)) {
      if (word !== null) words.push(word)
      word = null
    } else if ('|&;<>()`$'.includes(letter)) {
      return { ok: false, message: `sh: "${letter}" is not simulated in the sandbox: one plain command a line` }
    } else word = (word ?? '') + letter
  }
  if (quote !== null) return { ok: false, message: 'sh: syntax error: unterminated quoted string' }
  if (word !== null) words.push(word)
  return { ok: true, words }
}
