/** The options of a command by their long names, and the words that are none. */
export interface ReadOptions {
  readonly values: Readonly<Record<string, readonly string[]>>
  readonly flags: ReadonlySet<string>
  readonly words: readonly string[]
}

/** Which options a command knows: by what stands on the line, their long names. */
export interface KnownOptions {
  readonly valued: Readonly<Record<string, string>>
  readonly flags: Readonly<Record<string, string>>
}

/**
 * Takes the options off a command's words as Docker does: they end at the first word that is none where `stops` (`docker
 * run`). Gives the option that is not known as text.
 */
export function readOptions(words: readonly string[], known: KnownOptions, stops: boolean): ReadOptions | string {
  const values: Record<string, string[]> = {}
  const flags = new Set<string>()
  const rest: string[] = []
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string
    if (!word.startsWith('-') || word === '-') {
      if (stops) return { values, flags, words: words.slice(at) }
      rest.push(word)
      continue
    }
    const [, option = word, given] = /^(--[^=]+)=(.*)$/s.exec(word) ?? []
    const flag = known.flags[option]
    const valued = known.valued[option]
    if (flag !== undefined) {
      if (given !== 'false') flags.add(flag)
    } else if (valued !== undefined) {
      const value = given ?? words[(at += 1)]
      if (value === undefined) return option
      values[valued] = [...(values[valued] ?? []), value]
    } else if (isJoined(word, known))
      for (const letter of word.slice(1).split('')) flags.add(known.flags[`-${letter}`] as string)
    else return word
  }
  return { values, flags, words: rest }
}

/** `-it` is `-i -t`. */
function isJoined(word: string, { flags }: KnownOptions): boolean {
  return (
    /^-[a-z]{2,}$/i.test(word) &&
    word
      .slice(1)
      .split('')
      .every((letter) => flags[`-${letter}`] !== undefined)
  )
}
