/** One word of a line. `quoted` words are never options, whatever they begin with. */
export interface Word {
  readonly text: string
  readonly quoted: boolean
  /** Where the word stands in the line, quotes included. */
  readonly start: number
  readonly end: number
}

/**
 * Splits a line of iptables-save into words, undoing its quoting (libxtables xtables_save_string: double quotes, with a
 * backslash before `"`, `\` and `'`). Returns null when a quote is not closed.
 */
export function splitWords(line: string): Word[] | null {
  const words: Word[] = []
  let at = 0
  while (at < line.length) {
    if (line[at] === ' ' || line[at] === '\t') {
      at++
      continue
    }
    const word = line[at] === '"' ? quotedWord(line, at) : plainWord(line, at)
    if (word === null) return null
    words.push(word)
    at = word.end
  }
  return words
}

function plainWord(line: string, start: number): Word {
  let end = start
  while (end < line.length && line[end] !== ' ' && line[end] !== '\t') end++
  return { text: line.slice(start, end), quoted: false, start, end }
}

function quotedWord(line: string, start: number): Word | null {
  let text = ''
  for (let at = start + 1; at < line.length; at++) {
    const char = line[at] as string
    if (char === '"') return { text, quoted: true, start, end: at + 1 }
    if (char === '\\' && at + 1 < line.length) at++
    text += line[at]
  }
  return null
}
