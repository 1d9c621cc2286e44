import type { ShellPlace, ShellWorld } from './shell-world.ts'

/** What a command is given. `print` takes lines that end with `\n`. */
export interface CommandCall {
  readonly args: readonly string[]
  readonly world: ShellWorld
  readonly place: ShellPlace
  readonly print: (text: string) => void
  /** Fires with Ctrl+C, and when the terminal is closed. */
  readonly signal: AbortSignal
}

/** Gives the exit status. Never rejects. */
export type ShellCommand = (call: CommandCall) => Promise<number>

/** Returns a line of Hopwire's own, which no container would print. */
export function aside(text: string): string {
  return `\u001B[90m[simulated: ${text}]\u001B[0m\n`
}

/** A command line taken apart. */
export interface ReadOptions {
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
  readonly rest: readonly string[]
  /** The first letter that means nothing. */
  readonly unknown: string | null
}

/** Reads one-letter options as getopt does; `letters` are those without a value, `valued` those with one. */
export function readOptions(args: readonly string[], letters: string, valued: string): ReadOptions {
  const flags = new Set<string>()
  const values = new Map<string, string>()
  const rest: string[] = []
  let unknown: string | null = null
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? ''
    if (!/^-[^-]/.test(word)) {
      rest.push(word)
      continue
    }
    for (let index = 1; index < word.length; index += 1) {
      const letter = word.charAt(index)
      if (valued.includes(letter)) {
        const own = word.slice(index + 1)
        if (own === '') at += 1
        values.set(letter, own === '' ? (args[at] ?? '') : own)
        break
      }
      if (letters.includes(letter)) flags.add(letter)
      else unknown ??= letter
    }
  }
  return { flags, values, rest, unknown }
}

/** Waits, or less where the signal fires. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
