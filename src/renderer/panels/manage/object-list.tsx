import { type FocusEvent, type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef } from 'react'
import type { ObjectRef } from '../../store/manage-data.ts'
import { useApp, useAppStore } from '../../store/hooks.ts'
import { MenuButton, nextIndex } from './menu-button.tsx'
import type { ObjectAction } from './object-actions.ts'

/** One row: an object, what one has to know of it at a glance, and what can be done to it. */
export interface ObjectRow {
  /** Stays when the object gets another name, so that the focus does. */
  readonly id: string
  readonly object: ObjectRef
  readonly title: string
  /** The dot before the name: a container's state. */
  readonly state: string | null
  readonly badge: string
  readonly facts: string
  readonly actions: readonly ObjectAction[]
}

export interface ObjectListProps {
  readonly label: string
  readonly rows: readonly ObjectRow[]
}

/** A list of objects. Arrows move between its rows, Enter selects, the rows' own keys (Delete, F2) do what they stand for. */
export function ObjectList({ label, rows }: ObjectListProps): ReactNode {
  const store = useAppStore()
  const selected = useApp(({ manage }) => manage.object)
  const list = useRef<HTMLUListElement>(null)
  const onFocus = useKeptFocus(list, rows)
  const at = rows.findIndex(({ object }) => object.kind === selected?.kind && object.name === selected.name)
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>('.object-row')]
    const from = all.indexOf(document.activeElement as HTMLElement)
    if (from < 0 || event.ctrlKey || event.altKey || event.metaKey) return
    const action = rows[from]?.actions.find(({ key }) => key === event.key)
    const next = nextIndex(event.key, from, all.length)
    if (action === undefined && next === null) return
    event.preventDefault()
    event.stopPropagation()
    if (next !== null) all[next]?.focus()
    else if (action?.impossible === null) action.run()
  }
  return (
    // The arrows move among the buttons inside; the list itself is not operated.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <ul className="objects" aria-label={label} ref={list} onKeyDown={onKeyDown} onFocus={onFocus}>
      {rows.map((row, index) => (
        <li key={row.id} className={index === at ? 'chosen' : ''}>
          <button
            type="button"
            className="object-row"
            aria-pressed={index === at}
            tabIndex={index === Math.max(0, at) ? 0 : -1}
            title={[row.title, row.badge, row.facts].filter(Boolean).join('\n')}
            onClick={() => store.getState().selectObject(index === at ? null : row.object)}
          >
            {row.state !== null && <span className={`state ${row.state}`} aria-hidden="true" />}
            <b>{row.title}</b>
            {row.state !== null && row.state !== 'running' && <span className="visually-hidden">{row.state}</span>}
            <span className="object-badge mono">{row.badge}</span>
            {row.facts !== '' && <span className="object-facts">{row.facts}</span>}
          </button>
          {row.actions.length > 0 && (
            <MenuButton label={`Actions for ${row.title}`} items={row.actions}>
              ⋯
            </MenuButton>
          )}
        </li>
      ))}
    </ul>
  )
}

/** Where the row with the focus goes, the one in its place has it, once no dialog holds it. */
function useKeptFocus(
  list: RefObject<HTMLUListElement | null>,
  rows: readonly ObjectRow[],
): (event: FocusEvent<HTMLElement>) => void {
  const last = useRef<{ readonly id: string; readonly index: number } | null>(null)
  const dialog = useApp(({ manage }) => manage.dialog !== null)
  useEffect(() => {
    const { current } = last
    if (current === null || dialog || rows.some(({ id }) => id === current.id)) return
    last.current = null
    if (document.activeElement !== document.body) return
    const all = list.current?.querySelectorAll<HTMLElement>('.object-row') ?? []
    all[Math.min(current.index, all.length - 1)]?.focus()
  }, [list, rows, dialog])
  return ({ target }) => {
    const index = [...(list.current?.children ?? [])].findIndex((item) => item.contains(target))
    const row = rows[index]
    last.current = row === undefined ? null : { id: row.id, index }
  }
}
