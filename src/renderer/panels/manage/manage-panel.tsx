import type { ReactNode } from 'react'

/** The left panel in which the host is changed: its networks, containers and images. */
export function ManagePanel(): ReactNode {
  return (
    <section aria-label="Manage">
      <h2 className="heading">Manage</h2>
    </section>
  )
}
