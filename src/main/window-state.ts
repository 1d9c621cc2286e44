import { readFileSync, writeFileSync } from 'node:fs'

/** What is remembered of the window. Its place is left to the window manager, which knows today's screens. */
export interface WindowState {
  readonly width: number
  readonly height: number
  readonly maximized: boolean
}

export const SMALLEST_WINDOW = { width: 960, height: 600 } as const

const FIRST_STATE: WindowState = { width: 1280, height: 800, maximized: false }

/** Returns the state that a file holds; the first state when the file is missing or makes no sense. */
export function readWindowState(path: string): WindowState {
  try {
    const { width, height, maximized } = JSON.parse(readFileSync(path, 'utf8'))
    return isSize(width, SMALLEST_WINDOW.width) && isSize(height, SMALLEST_WINDOW.height)
      ? { width, height, maximized: maximized === true }
      : FIRST_STATE
  } catch {
    return FIRST_STATE
  }
}

/** Writes the state. A disk that cannot be written costs the memory of a window size and is no reason to complain. */
export function writeWindowState(path: string, state: WindowState): void {
  try {
    writeFileSync(path, JSON.stringify(state))
  } catch {}
}

function isSize(value: unknown, least: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= 20_000
}
