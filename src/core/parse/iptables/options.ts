import type { Word } from './split-words.ts'

/** One option of a match or target: `! --dport 80` is `{ name: 'dport', negated: true, values: ['80'] }`. */
export interface Option {
  readonly name: string
  readonly negated: boolean
  readonly values: readonly string[]
}

/** Groups the words that follow `-m NAME` or `-j NAME`; null when a value stands before any option or `!` before none. */
export function readOptions(words: readonly Word[]): Option[] | null {
  const options: { name: string; negated: boolean; values: string[] }[] = []
  let negated = false
  for (const { text, quoted } of words) {
    if (!quoted && text === '!') {
      if (negated) return null
      negated = true
    } else if (!quoted && text.startsWith('--')) {
      options.push({ name: text.slice(2), negated, values: [] })
      negated = false
    } else {
      const last = options[options.length - 1]
      if (last === undefined || negated) return null
      last.values.push(text)
    }
  }
  return negated ? null : options
}

/** Returns the one value of an option, or null when it has none or several. */
export function oneValue(option: Option): string | null {
  return option.values.length === 1 ? (option.values[0] ?? null) : null
}
