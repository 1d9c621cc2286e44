import type { ReactNode } from 'react'
import { useApp, useAppStore } from '../store/hooks.ts'
import './outdated-hint.css'

/** Says above the picture that the trace on show is of a host that has changed since; pressing it asks the same again. */
export function OutdatedHint(): ReactNode {
  const store = useAppStore()
  const outdated = useApp((state) => state.outdated)
  const pending = useApp((state) => state.pending)
  const flow = useApp((state) => state.report?.flow ?? null)
  if (!outdated || flow === null) return null
  const again = () => {
    const { from, to, protocol, destinationPort } = flow
    store.getState().setForm({ from, to, protocol, port: String(destinationPort ?? '') })
    void store.getState().submitTrace()
  }
  return (
    <div className="outdated" role="status">
      <span>The host has changed since this trace.</span>
      <button type="button" className="link" disabled={pending} onClick={again}>
        Trace again
      </button>
    </div>
  )
}
