/** One visible row of a tree; `open` is null for a row that has nothing below it. */
export interface TreeRow {
  readonly key: string
  readonly text: string
  readonly parent: string | null
  readonly open: boolean | null
}

/** What a key does in a tree. */
export type TreeTarget =
  | { readonly kind: 'focus'; readonly key: string }
  | { readonly kind: 'open'; readonly key: string; readonly open: boolean }
  | { readonly kind: 'activate'; readonly key: string }

/**
 * Returns what a key does, after the ARIA tree pattern: up and down move, right opens or goes in, left closes or goes
 * out, Home and End go to the ends, Enter and space activate, a letter goes to the next row that begins with it. Null
 * for keys that the tree leaves alone.
 */
export function treeTarget(rows: readonly TreeRow[], focused: string | null, key: string): TreeTarget | null {
  const at = Math.max(
    0,
    rows.findIndex((row) => row.key === focused),
  )
  const row = rows[at]
  if (row === undefined) return null
  switch (key) {
    case 'ArrowDown':
      return focusRow(rows[Math.min(at + 1, rows.length - 1)])
    case 'ArrowUp':
      return focusRow(rows[Math.max(at - 1, 0)])
    case 'Home':
      return focusRow(rows[0])
    case 'End':
      return focusRow(rows.at(-1))
    case 'ArrowRight':
      if (row.open === false) return { kind: 'open', key: row.key, open: true }
      return row.open === true ? focusRow(rows[at + 1]) : { kind: 'focus', key: row.key }
    case 'ArrowLeft':
      if (row.open === true) return { kind: 'open', key: row.key, open: false }
      return { kind: 'focus', key: row.parent ?? row.key }
    case 'Enter':
    case ' ':
      return { kind: 'activate', key: row.key }
    default:
      return key.length === 1 && /[a-z0-9]/i.test(key) ? startsWith(rows, at, key.toLowerCase()) : null
  }
}

function focusRow(row: TreeRow | undefined): TreeTarget | null {
  return row === undefined ? null : { kind: 'focus', key: row.key }
}

function startsWith(rows: readonly TreeRow[], at: number, letter: string): TreeTarget | null {
  const turned = [...rows.slice(at + 1), ...rows.slice(0, at + 1)]
  return focusRow(turned.find((row) => row.text.toLowerCase().startsWith(letter)))
}
