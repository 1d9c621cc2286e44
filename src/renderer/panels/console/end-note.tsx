import type { ReactNode } from 'react'
import type { ConsoleTab } from '../../store/console-data.ts'
import { useAppStore } from '../../store/hooks.ts'

/** How a log or a terminal is: being opened, or ended and why, with a way to have it again. */
export function EndNote({ tab, again }: { readonly tab: ConsoleTab; readonly again: string }): ReactNode {
  const store = useAppStore()
  return (
    <>
      <span className="console-note" role="status" title={tab.note ?? undefined}>
        {tab.stage === 'opening' ? 'opening…' : (tab.note ?? '')}
      </span>
      {tab.stage === 'ended' && (
        <button type="button" className="quiet small" onClick={() => store.getState().reopenConsole(tab.key)}>
          {again}
        </button>
      )}
    </>
  )
}
