import type { ReactNode } from 'react'
import type { HostState } from '../../core/host/host-state.ts'
import type { Place } from '../playback/place.ts'
import { useApp, useAppStore } from '../store/hooks.ts'
import { targetWords } from '../store/watch-targets.ts'
import { Inventory } from './inventory/inventory.tsx'

/** The tree over the store: a container becomes the start of the next trace, and both are selected in the picture. */
export function InventoryPanel(): ReactNode {
  const store = useAppStore()
  const host = useApp((state) => state.host)
  const actions = store.getState()
  const onContainer = (name: string) => {
    if (host === null) return
    const running = host.containers.some((each) => each.name === name && each.state === 'running')
    if (running && store.getState().mode === 'watch')
      actions.setWatchForm({ target: targetWords({ kind: 'container', name }) })
    else if (running) actions.setForm({ from: name })
    actions.select(placeOfContainer(host, name))
  }
  const onNetwork = (name: string) => {
    if (store.getState().mode === 'watch') actions.setWatchForm({ target: targetWords({ kind: 'network', name }) })
    const bridge = host?.networks.find((each) => each.name === name)?.bridge ?? null
    if (bridge !== null) actions.select({ kind: 'device', netns: 'host', device: bridge })
  }
  return <Inventory host={host} onContainer={onContainer} onNetwork={onNetwork} />
}

/** Returns the namespace that a container lives in, also when it shares another's; null when it is not running. */
function placeOfContainer(host: HostState, name: string): Place | null {
  const namespace = host.namespaces.find((each) => each.containers.includes(name))
  return namespace === undefined ? null : { kind: 'stack', netns: namespace.name }
}
