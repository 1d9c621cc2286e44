import { useState } from 'react'

/** Rows as they stood when the pointer came; `key` tells of which order and filter. */
interface Held {
  readonly key: string
  readonly ids: readonly number[]
}

/** The rows to show, and what tells that the pointer is among them and that it has left. */
export interface HeldRows<T> {
  readonly rows: readonly T[]
  /** How many more there are since the rows were held. */
  readonly waiting: number
  readonly hold: () => void
  readonly release: () => void
}

/**
 * Returns the rows in the order in which they stood when the pointer came upon them, until it leaves: what one is about to
 * press must not move away. Their contents stay up to date, those that are gone go, and new ones wait.
 */
export function useHeldRows<T extends { readonly id: number }>(sorted: readonly T[], key: string): HeldRows<T> {
  const [held, setHeld] = useState<Held | null>(null)
  const hold = () => {
    if (held?.key !== key) setHeld({ key, ids: sorted.map(({ id }) => id) })
  }
  const release = () => setHeld(null)
  if (held?.key !== key) return { rows: sorted, waiting: 0, hold, release }
  const byId = new Map(sorted.map((row) => [row.id, row]))
  const rows = held.ids.flatMap((id) => byId.get(id) ?? [])
  return { rows, waiting: sorted.length - rows.length, hold, release }
}
