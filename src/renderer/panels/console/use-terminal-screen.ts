import { type RefObject, useEffect, useState } from 'react'
import type { ConsoleTab } from '../../store/console-data.ts'
import type { AppStore } from '../../store/store.ts'
import type { TerminalScreen } from './terminal-screen.ts'

export type { TerminalScreen } from './terminal-screen.ts'

/** A tab's screen while it is loaded, and after. It outlives the view: turning to another tab loses nothing. */
interface KnownScreen {
  readonly loading: Promise<TerminalScreen>
  /** The round of its tab that was started on it. */
  round: number
}

const screens = new WeakMap<AppStore, Map<string, KnownScreen>>()

/**
 * Shows a tab's terminal in a box, and starts it when it is there. The terminal's library is loaded with the first one.
 * `problem` says why it could not be.
 */
export function useTerminalScreen(
  store: AppStore,
  tab: ConsoleTab,
  box: RefObject<HTMLElement | null>,
): { readonly screen: TerminalScreen | null; readonly problem: string | null } {
  const [screen, setScreen] = useState<TerminalScreen | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const { key, round } = tab
  useEffect(() => {
    let here = true
    const known = findScreen(store, key)
    const show = (loaded: TerminalScreen) => {
      if (!here || box.current === null) return
      loaded.show(box.current)
      setScreen(loaded)
      if (known.round === round) return
      if (known.round > 0) loaded.clear()
      known.round = round
      void store.getState().startTerminal(key, loaded.size(), (bytes) => loaded.write(bytes))
    }
    known.loading.then(show, () => here && setProblem('The terminal could not be loaded. Load the page again.'))
    const element = box.current
    return () => {
      here = false
      element?.replaceChildren()
    }
  }, [store, key, round, box])
  return { screen, problem }
}

function findScreen(store: AppStore, key: string): KnownScreen {
  const ofStore = screens.get(store) ?? new Map<string, KnownScreen>()
  screens.set(store, ofStore)
  const known = ofStore.get(key) ?? { loading: loadScreen(store, key, () => ofStore.delete(key)), round: 0 }
  ofStore.set(key, known)
  return known
}

async function loadScreen(store: AppStore, key: string, forget: () => void): Promise<TerminalScreen> {
  const { createTerminalScreen } = await import('./terminal-screen.ts')
  const screen = createTerminalScreen({
    onTyped: (data) => store.getState().typeConsole(key, data),
    onResize: (size) => store.getState().resizeConsole(key, size),
    onLeave: () => document.querySelector<HTMLElement>(`[role="tab"][data-key="${key}"]`)?.focus(),
  })
  const stop = store.subscribe(({ console }) => {
    if (console.tabs.some((tab) => tab.key === key)) return
    stop()
    forget()
    screen.dispose()
  })
  return screen
}
