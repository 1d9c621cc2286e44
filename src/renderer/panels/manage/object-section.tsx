import { type ReactNode, useId } from 'react'
import { MenuButton, type MenuItem } from './menu-button.tsx'
import { ObjectList, type ObjectRow } from './object-list.tsx'

export interface ObjectSectionProps {
  readonly title: string
  readonly rows: readonly ObjectRow[]
  /** What adds one more; null where that cannot be done. */
  readonly add: { readonly label: string; readonly run: () => void } | null
  /** What can be done to all of them. */
  readonly more: readonly MenuItem[]
  /** Said when there are none. */
  readonly none: string
}

/** Objects of one kind under their heading. */
export function ObjectSection({ title, rows, add, more, none }: ObjectSectionProps): ReactNode {
  const id = useId()
  return (
    <section className="object-section" aria-labelledby={id}>
      <div className="object-head">
        <h2 className="heading" id={id}>
          {title} <span className="count">{rows.length === 0 ? '' : rows.length}</span>
        </h2>
        {add !== null && (
          <button type="button" className="icon-button" aria-label={add.label} title={add.label} onClick={add.run}>
            +
          </button>
        )}
        {more.length > 0 && (
          <MenuButton label={`More for ${title.toLowerCase()}`} items={more}>
            ⋯
          </MenuButton>
        )}
      </div>
      {rows.length === 0 ? <p className="object-none">{none}</p> : <ObjectList label={title} rows={rows} />}
    </section>
  )
}
