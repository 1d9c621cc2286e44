/**
 * What is no more than the stage of a test is made again when it could not be made: engines that start side by side on a busy
 * machine fail now and then for reasons of their own, as when dockerd gives its containerd no more than 15 seconds. systemd
 * starts them again on real hosts. What it said is kept, and told at the end of `npm test`.
 */
import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** A line for each time that something had to be made again; scripts/test/run.mjs reads it. */
const NOTICED = fileURLToPath(new URL('../../.cache/test/noticed.txt', import.meta.url))

const REST_MS = 3000

/** How something is made. */
export interface Making<T> {
  /** What it is, for the line that tells of it. */
  readonly what: string
  readonly make: () => Promise<T>
  /** Clears away what is there of it after a failure. */
  readonly clear?: () => Promise<unknown>
  /** Whether it would fail again in the same way: then there is no second try. */
  readonly isFinal?: (words: string) => boolean
  /** Milliseconds until it is tried again: a containerd that dockerd has given up is started anew, and that takes its time. */
  readonly rest?: number
  /** Where it is told; by default at the end of `npm test`. */
  readonly notice?: (line: string) => void
}

/** Makes something, and if that fails, makes it once more. Throws what the second try throws. */
export async function onceMore<T>(making: Making<T>): Promise<T> {
  const { what, make, clear, isFinal, rest = REST_MS, notice = keepNotice } = making
  try {
    return await make()
  } catch (error) {
    if (isFinal?.(wordsOf(error)) === true) throw error
    notice(`${what}: ${wordsOf(error)}`)
    await pause(rest)
    await clear?.().catch(() => undefined)
    return make()
  }
}

/** Keeps a line for the end of `npm test`. */
export function keepNotice(line: string): void {
  mkdirSync(join(NOTICED, '..'), { recursive: true })
  appendFileSync(NOTICED, `${line.replaceAll(/\s*\n\s*/g, ' | ')}\n`)
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
