import type { ReactNode } from 'react'

/** The foot of the window while logs or terminals are open. */
export function ConsoleFoot(): ReactNode {
  return null
}
