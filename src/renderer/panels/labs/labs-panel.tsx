import type { ReactNode } from 'react'

/** The left panel of the labs. */
export function LabsPanel(): ReactNode {
  return (
    <section aria-label="Labs">
      <h2 className="heading">Labs</h2>
    </section>
  )
}
