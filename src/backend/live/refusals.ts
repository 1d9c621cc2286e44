import type { Frame } from '../../core/parse/frames.ts'

/** What watch-probe.pl says of a namespace whose process is not there, or lives in another one by now. */
export const GONE = 'the process that it was known by has ended'

/** Returns why a program was not started in its namespace; undefined where it was. */
export function refusalOf({ error }: Frame): string | undefined {
  const why = /^enter: (.*)$/m.exec(error)?.[1]
  return why === undefined ? undefined : explain(why, rightOf(why))
}

/** Returns the capability without which these words are said. */
export function rightOf(words: string): string {
  if (words.startsWith('it cannot be opened')) return 'SYS_PTRACE'
  if (words.startsWith('it cannot be entered')) return 'SYS_ADMIN'
  return words.startsWith('no socket') ? 'NET_RAW' : 'NET_ADMIN'
}

/**
 * Returns words with what the helper lacks where that is why. An engine may give its containers less than they ask for, and
 * security modules forbid what a capability allows.
 */
export function explain(words: string, capability: string): string {
  if (!/Operation not permitted|Permission denied/.test(words)) return words
  return `${words} (the helper needs the capability ${capability} for it)`
}
