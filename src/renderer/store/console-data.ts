import type { AppState } from './store.ts'

/** `opening` until the backend answers; `ended` when it has ended by itself, or could not be opened. */
export type ConsoleStage = 'opening' | 'open' | 'ended'

/** One log or terminal that is open. */
export interface ConsoleTab {
  /** That of the renderer; the backend's stream has its own. */
  readonly key: string
  readonly kind: 'logs' | 'terminal'
  readonly container: string
  readonly stage: ConsoleStage
  /** How it ended, or why it could not be opened; null before. */
  readonly note: string | null
  /** How often it was opened: what is on show begins anew with each. */
  readonly round: number
}

/** What the foot holds beside playback. */
export interface ConsoleData {
  readonly tabs: readonly ConsoleTab[]
  /** The key of the tab on show; null where none is open. */
  readonly current: string | null
  /** Whether terminals tell a screen reader what they print. */
  readonly spoken: boolean
}

export const INITIAL_CONSOLE: ConsoleData = { tabs: [], current: null, spoken: false }

/** Tells whether the foot shows a log or a terminal now. */
export function selectConsoleOpen({ mode, console }: AppState): boolean {
  return (mode === 'manage' || mode === 'labs') && console.tabs.length > 0
}

/** Returns the data with one tab changed. */
export function changeTab(data: ConsoleData, key: string, change: Partial<ConsoleTab>): ConsoleData {
  return { ...data, tabs: data.tabs.map((tab) => (tab.key === key ? { ...tab, ...change } : tab)) }
}

/** Returns the data without one tab; its neighbour is then on show. */
export function removeTab({ tabs, current, spoken }: ConsoleData, key: string): ConsoleData {
  const at = tabs.findIndex((tab) => tab.key === key)
  const left = tabs.filter((tab) => tab.key !== key)
  return { spoken, tabs: left, current: current === key ? ((left[at] ?? left.at(-1))?.key ?? null) : current }
}
