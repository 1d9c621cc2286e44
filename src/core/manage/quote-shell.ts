/** Returns words as one line that a POSIX shell takes apart into the same words. */
export function quoteShell(words: readonly string[]): string {
  return words.map(quoteWord).join(' ')
}

function quoteWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  // Nothing is special within single quotes, and a single quote cannot be among them.
  return `'${word.replaceAll("'", `'\\''`)}'`
}
