import type { KeyboardEvent, ReactNode } from 'react'
import type { ConsoleTab } from '../../store/console-data.ts'
import { useApp, useAppStore } from '../../store/hooks.ts'
import { LogView } from './log-view.tsx'
import { TerminalView } from './terminal-view.tsx'
import './console.css'

/** The foot of the window while logs or terminals are open: one tab each. */
export function ConsoleFoot(): ReactNode {
  const tabs = useApp((state) => state.console.tabs)
  const key = useApp((state) => state.console.current)
  const current = tabs.find((tab) => tab.key === key) ?? null
  return (
    <>
      <ConsoleTabs tabs={tabs} current={key} />
      <section className="console" id="console-panel" aria-label={current === null ? 'Console' : tabTitle(current)}>
        {current?.kind === 'logs' && <LogView key={current.key} tab={current} />}
        {current?.kind === 'terminal' && <TerminalView key={current.key} tab={current} />}
      </section>
    </>
  )
}

function tabTitle({ kind, container }: ConsoleTab): string {
  return kind === 'logs' ? `Log of ${container}` : `Terminal in ${container}`
}

interface ConsoleTabsProps {
  readonly tabs: readonly ConsoleTab[]
  readonly current: string | null
}

function ConsoleTabs({ tabs, current }: ConsoleTabsProps): ReactNode {
  const store = useAppStore()
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const at = tabs.findIndex(({ key }) => key === current)
    if (event.key === 'Delete' && current !== null) return store.getState().closeConsole(current)
    const next = tabs[(at + step + tabs.length) % tabs.length]
    if (step === 0 || next === undefined) return
    event.preventDefault()
    event.stopPropagation()
    store.getState().turnToConsole(next.key)
    event.currentTarget.querySelector<HTMLElement>(`[data-key="${next.key}"]`)?.focus()
  }
  return (
    <div className="console-tabs" role="tablist" aria-label="Logs and terminals" tabIndex={-1} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <OneTab key={tab.key} tab={tab} isCurrent={tab.key === current} />
      ))}
    </div>
  )
}

function OneTab({ tab, isCurrent }: { readonly tab: ConsoleTab; readonly isCurrent: boolean }): ReactNode {
  const store = useAppStore()
  return (
    <span className={isCurrent ? 'console-tab current' : 'console-tab'} role="presentation">
      <button
        type="button"
        role="tab"
        data-key={tab.key}
        aria-selected={isCurrent}
        aria-controls="console-panel"
        tabIndex={isCurrent ? 0 : -1}
        title={`${tabTitle(tab)} (Del closes it)`}
        onClick={() => store.getState().turnToConsole(tab.key)}
      >
        <span className="console-kind" aria-hidden="true">
          {tab.kind === 'logs' ? '≡' : '›_'}
        </span>
        {tabTitle(tab)}
        {tab.stage === 'ended' && <small> ended</small>}
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={`Close: ${tabTitle(tab)}`}
        onClick={() => store.getState().closeConsole(tab.key)}
      >
        ×
      </button>
    </span>
  )
}
