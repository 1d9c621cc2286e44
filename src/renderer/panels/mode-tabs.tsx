import type { KeyboardEvent, ReactNode } from 'react'
import { useApp, useAppStore } from '../store/hooks.ts'
import type { Mode } from '../store/watch-data.ts'
import './mode-tabs.css'

const TABS: readonly { readonly mode: Mode; readonly label: string }[] = [
  { mode: 'trace', label: 'Trace' },
  { mode: 'watch', label: 'Watch' },
  { mode: 'manage', label: 'Manage' },
  { mode: 'labs', label: 'Labs' },
  { mode: 'session', label: 'Session' },
]

/** What the window is about: one packet, the traffic that is there, the host's objects, a lab, or what was recorded. Arrows move between the tabs. */
export function ModeTabs(): ReactNode {
  const store = useAppStore()
  const mode = useApp((state) => state.mode)
  const running = useApp((state) => state.watch.infos.some(({ stage }) => stage === 'running'))
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    event.stopPropagation()
    const at = TABS.findIndex((tab) => tab.mode === mode)
    const next = TABS[(at + step + TABS.length) % TABS.length]
    if (next === undefined) return
    store.getState().setMode(next.mode)
    event.currentTarget.querySelector<HTMLElement>(`[data-mode="${next.mode}"]`)?.focus()
  }
  return (
    <div className="mode-tabs" role="tablist" aria-label="What is shown" tabIndex={-1} onKeyDown={onKeyDown}>
      {TABS.map((tab) => (
        <button
          key={tab.mode}
          type="button"
          role="tab"
          data-mode={tab.mode}
          id={`tab-${tab.mode}`}
          aria-selected={tab.mode === mode}
          aria-controls="mode-panel"
          tabIndex={tab.mode === mode ? 0 : -1}
          onClick={() => store.getState().setMode(tab.mode)}
        >
          {tab.label}
          {tab.mode === 'watch' && running && <span className="watch-dot running" title="A watch is running" />}
        </button>
      ))}
    </div>
  )
}
