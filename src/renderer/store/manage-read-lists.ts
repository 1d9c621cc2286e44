/** Lists that were typed as text, or one sentence that says what is wrong with it. */
export type ReadList<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string }

/** Returns the words of a text: whatever stands between spaces, commas and line ends. */
export function readWords(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}

/** Returns the lines of a text that have something on them, trimmed. */
export function readLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** Reads texts of `KEY=VALUE`; what stands after the first `=` is the value, and a key that comes twice is refused. */
export function readPairs(texts: readonly string[]): ReadList<Readonly<Record<string, string>>> {
  const pairs = new Map<string, string>()
  for (const text of texts) {
    const at = text.indexOf('=')
    const key = at < 0 ? text : text.slice(0, at).trim()
    if (at === 0) return { ok: false, problem: `“${text}” has nothing before the equals sign.` }
    if (pairs.has(key)) return { ok: false, problem: `“${key}” is given twice.` }
    pairs.set(key, at < 0 ? '' : text.slice(at + 1).trim())
  }
  return { ok: true, value: Object.fromEntries(pairs) }
}

/**
 * Splits a command as a POSIX shell would, without expanding anything: single quotes keep all, double quotes know `\"`,
 * `\\`, `\$` and `` \` ``, and a backslash outside keeps the next character.
 */
export function readCommand(text: string): ReadList<readonly string[]> {
  const words: string[] = []
  const token = /\s+|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)|([\s\S])/g
  let word: string | null = null
  for (const [whole, single, double, escaped, plain, broken] of text.matchAll(token)) {
    if (broken !== undefined) return { ok: false, problem: `A ${broken} in the command has no end.` }
    const part = single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain
    if (part !== undefined) word = (word ?? '') + part
    else if (/^\s/.test(whole) && word !== null) {
      words.push(word)
      word = null
    }
  }
  return { ok: true, value: word === null ? words : [...words, word] }
}
