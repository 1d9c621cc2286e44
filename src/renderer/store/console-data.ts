import type { AppState } from './store.ts'

/** One log or terminal that is open. */
export interface ConsoleTab {
  /** That of the renderer; the backend's stream has its own. */
  readonly key: string
  readonly kind: 'logs' | 'terminal'
  readonly container: string
}

/** What the foot holds beside playback. */
export interface ConsoleData {
  readonly tabs: readonly ConsoleTab[]
  /** The key of the tab on show; null where none is open. */
  readonly current: string | null
}

export const INITIAL_CONSOLE: ConsoleData = { tabs: [], current: null }

/** Tells whether the foot shows a log or a terminal now. */
export function selectConsoleOpen({ mode, console }: AppState): boolean {
  return (mode === 'manage' || mode === 'labs') && console.tabs.length > 0
}
