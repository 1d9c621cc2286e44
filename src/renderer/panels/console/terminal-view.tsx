import { type ReactNode, useEffect, useRef } from 'react'
import type { ConsoleTab } from '../../store/console-data.ts'
import { useApp, useAppStore } from '../../store/hooks.ts'
import { EndNote } from './end-note.tsx'
import { type TerminalScreen, useTerminalScreen } from './use-terminal-screen.ts'

/** Leaves the terminal: every other key belongs to what runs in it, Tab too. */
export const LEAVE_KEY = 'Ctrl+Shift+↑'

/** A terminal inside a container. */
export function TerminalView({ tab }: { readonly tab: ConsoleTab }): ReactNode {
  const store = useAppStore()
  const box = useRef<HTMLDivElement>(null)
  const spoken = useApp((state) => state.console.spoken)
  const { screen, problem } = useTerminalScreen(store, tab, box)
  useEffect(() => screen?.setSpoken(spoken), [screen, spoken])
  useEffect(() => followTheme(screen), [screen])
  return (
    <div className="console-body">
      <div className="console-tools">
        <button
          type="button"
          className="quiet small console-toggle"
          aria-pressed={spoken}
          title="Tells a screen reader what is printed"
          onClick={() => store.getState().setSpoken(!spoken)}
        >
          Screen reader
        </button>
        <small className="console-hint">{LEAVE_KEY} leaves the terminal · Ctrl+Shift+C copies</small>
        <span className="grow" />
        <EndNote tab={tab} again="Open again" />
      </div>
      {problem !== null && <p className="console-empty">{problem}</p>}
      <div className="terminal-box" ref={box} />
    </div>
  )
}

/** The page's colours change with the user's choice, and with the system's where none was made. */
function followTheme(screen: TerminalScreen | null): (() => void) | undefined {
  if (screen === null) return undefined
  const system = matchMedia('(prefers-color-scheme: light)')
  const read = () => screen.readTheme()
  const observer = new MutationObserver(read)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  system.addEventListener('change', read)
  read()
  return () => {
    observer.disconnect()
    system.removeEventListener('change', read)
  }
}
