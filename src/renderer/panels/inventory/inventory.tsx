import { useMemo, useRef, useState } from 'react'
import type { KeyboardEvent, ReactNode, RefObject } from 'react'
import type { HostState } from '../../../core/host/host-state.ts'
import { buildInventory } from './build-inventory.ts'
import type { InventoryContainer, InventoryNetwork } from './build-inventory.ts'
import { treeTarget } from './tree-keys.ts'
import type { TreeRow } from './tree-keys.ts'
import './inventory.css'

export interface InventoryProps {
  readonly host: HostState | null
  readonly onContainer: (name: string) => void
  readonly onNetwork: (name: string) => void
}

// The tree pattern gives its roles to plain elements, and its keys are handled once, on the tree itself.
// oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/click-events-have-key-events

/** The networks and their containers as a tree (ARIA tree pattern). It follows the host state by itself. */
export function Inventory({ host, onContainer, onNetwork }: InventoryProps): ReactNode {
  const networks = useMemo(() => (host === null ? [] : buildInventory(host)), [host])
  const root = useRef<HTMLUListElement>(null)
  const tree = useTree(networks, root)
  const activate = (row: TreeRow) => {
    const network = networks.find((each) => each.key === row.key)
    if (network !== undefined) return onNetwork(network.name)
    const container = networks.flatMap((each) => each.containers).find((each) => each.key === row.key)
    if (container !== undefined) onContainer(container.name)
  }
  return (
    <section className="inventory" aria-label="Networks">
      <h2 className="heading">Networks</h2>
      {host !== null && networks.length === 0 && (
        <p className="inventory-empty">No networks were found on this host.</p>
      )}
      {host === null && <p className="inventory-empty">Not read yet.</p>}
      <ul
        className="tree"
        role="tree"
        aria-label="Networks and containers"
        onKeyDown={(event) => tree.onKeyDown(event, activate)}
        ref={root}
      >
        {networks.map((network) => (
          <NetworkItem key={network.key} network={network} tree={tree} onActivate={activate} />
        ))}
      </ul>
    </section>
  )
}

interface TreeState {
  readonly focused: string | null
  readonly isOpen: (key: string) => boolean
  readonly toggle: (key: string) => void
  readonly focus: (key: string) => void
  readonly onKeyDown: (event: KeyboardEvent, activate: (row: TreeRow) => void) => void
}

function useTree(networks: readonly InventoryNetwork[], root: RefObject<HTMLElement | null>): TreeState {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [focusedKey, setFocused] = useState<string | null>(null)
  const isOpen = (key: string) => !closed.has(key)
  const rows = visibleRows(networks, isOpen)
  const focused = rows.some((row) => row.key === focusedKey) ? focusedKey : (rows[0]?.key ?? null)
  const setOpen = (key: string, open: boolean) => {
    const next = new Set(closed)
    if (open) next.delete(key)
    else next.add(key)
    setClosed(next)
  }
  const onKeyDown = (event: KeyboardEvent, activate: (row: TreeRow) => void) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const target = treeTarget(rows, focused, event.key)
    if (target === null) return
    event.preventDefault()
    event.stopPropagation()
    if (target.kind === 'open') return setOpen(target.key, target.open)
    const row = rows.find((each) => each.key === target.key)
    if (target.kind === 'activate') return row === undefined ? undefined : activate(row)
    setFocused(target.key)
    root.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(target.key)}"]`)?.focus()
  }
  return { focused, isOpen, toggle: (key) => setOpen(key, !isOpen(key)), focus: setFocused, onKeyDown }
}

function visibleRows(networks: readonly InventoryNetwork[], isOpen: (key: string) => boolean): readonly TreeRow[] {
  return networks.flatMap((network) => {
    const expandable = network.containers.length > 0
    const open = expandable && isOpen(network.key)
    const own: TreeRow = { key: network.key, text: network.name, parent: null, open: expandable ? open : null }
    const below = network.containers.map(
      (each): TreeRow => ({ key: each.key, text: each.name, parent: network.key, open: null }),
    )
    return open ? [own, ...below] : [own]
  })
}

interface NetworkItemProps {
  readonly network: InventoryNetwork
  readonly tree: TreeState
  readonly onActivate: (row: TreeRow) => void
}

function NetworkItem({ network, tree, onActivate }: NetworkItemProps): ReactNode {
  const expandable = network.containers.length > 0
  const open = expandable && tree.isOpen(network.key)
  const row: TreeRow = { key: network.key, text: network.name, parent: null, open: expandable ? open : null }
  return (
    <li role="none">
      <div
        className="tree-row"
        role="treeitem"
        aria-level={1}
        aria-expanded={expandable ? open : undefined}
        data-key={network.key}
        tabIndex={tree.focused === network.key ? 0 : -1}
        title={network.detail}
        onFocus={() => tree.focus(network.key)}
        onClick={() => onActivate(row)}
      >
        <span
          className="tree-arrow"
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation()
            if (expandable) tree.toggle(network.key)
          }}
        >
          {expandable ? (open ? '▾' : '▸') : ''}
        </span>
        <b>{network.name}</b>
        <span className="tree-badge mono">{network.badge}</span>
        {network.summary !== '' && <span className="tree-summary">{network.summary}</span>}
      </div>
      {open && (
        <ul role="group">
          {network.containers.map((container) => (
            <ContainerItem
              key={container.key}
              container={container}
              parent={network.key}
              tree={tree}
              onActivate={onActivate}
            />
          ))}
        </ul>
      )}
    </li>
  )
}

interface ContainerItemProps {
  readonly container: InventoryContainer
  readonly parent: string
  readonly tree: TreeState
  readonly onActivate: (row: TreeRow) => void
}

function ContainerItem({ container, parent, tree, onActivate }: ContainerItemProps): ReactNode {
  const running = container.state === 'running'
  return (
    <li role="none">
      <div
        className={running ? 'tree-row container' : 'tree-row container stopped'}
        role="treeitem"
        aria-level={2}
        data-key={container.key}
        tabIndex={tree.focused === container.key ? 0 : -1}
        title={container.detail}
        onFocus={() => tree.focus(container.key)}
        onClick={() => onActivate({ key: container.key, text: container.name, parent, open: null })}
      >
        <span className={`state ${container.state}`} aria-hidden="true" />
        {!running && <span className="visually-hidden">{container.state}</span>}
        <span className="tree-name">{container.name}</span>
        <span className="tree-badge mono">{container.badge}</span>
      </div>
    </li>
  )
}
