/** Columns that a text takes: names, rules and addresses have one for each code point. */
export function widthOfText(text: string): number {
  return Array.from(text).length
}

/**
 * Splits a text at its blanks into lines of at most `width` columns; what is longer than a line is split, never cut off.
 * Lines after the first begin with `indent` blanks. `width` must leave room for the indent and one letter.
 */
export function wrapText(text: string, width: number, indent = 0): readonly string[] {
  const lines: string[] = []
  const margin = ' '.repeat(indent)
  let line = ''
  for (const word of text.split(/ +/)) {
    let rest = word
    if (line.trim() !== '' && widthOfText(line) + 1 + widthOfText(rest) <= width) {
      line += ` ${rest}`
      continue
    }
    if (line !== '') lines.push(line)
    line = lines.length === 0 ? '' : margin
    while (widthOfText(line) + widthOfText(rest) > width) {
      const letters = Array.from(rest)
      const room = width - widthOfText(line)
      lines.push(line + letters.slice(0, room).join(''))
      rest = letters.slice(room).join('')
      line = margin
    }
    line += rest
  }
  return [...lines, line]
}
