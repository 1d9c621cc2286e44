import type { HostState } from '../host/host-state.ts'
import { digestHex } from '../synth/digest.ts'
import { planScene } from '../synth/plan/plan-scene.ts'
import { containerId } from '../synth/scene/container-id.ts'
import type { Scene } from '../synth/scene/scene.ts'
import type { ManageAction } from './action.ts'
import { applyAction } from './apply-action.ts'
import { sceneFromHost } from './scene-from-host.ts'

/**
 * Returns why the Docker of a host would refuse an action, in its own words for this generation; null where it would not,
 * or where it cannot be foreseen. Whether an image is there is not looked at. Ids of what is there are the real ones.
 */
export function predictRefusal(state: HostState, action: ManageAction): string | null {
  if (action.kind === 'import-image' || action.kind === 'remove-image') return null
  const taken = findTakenName(state, action)
  if (taken !== null) return taken
  const { scene } = sceneFromHost(state)
  // A network of a driver that is not simulated is there all the same.
  const names = new Set(['bridge', 'host', 'none', ...scene.networks.map(({ name }) => name)])
  if (networksOf(action).some((name) => !names.has(name) && state.networks.some((one) => one.name === name)))
    return null
  const applied = applyAction(scene, action, 'any')
  if (applied.ok) return null
  // What a scene cannot say of what is there already is none of the action's faults.
  const known = planScene(scene).refusals.some(({ message }) => message === applied.message)
  return known ? null : withRealIds(state, scene, applied.message)
}

function findTakenName({ networks }: HostState, action: ManageAction): string | null {
  if (action.kind !== 'create-network') return null
  const { name } = action.network
  const isTaken = networks.some((network) => network.name === name) && !['bridge', 'host', 'none'].includes(name)
  return isTaken ? `network with name ${name} already exists` : null
}

function networksOf(action: ManageAction): readonly string[] {
  switch (action.kind) {
    case 'connect':
      return [action.endpoint.network]
    case 'disconnect':
      return [action.network]
    case 'remove-network':
      return [action.name]
    case 'run-container':
      return (action.container.networks ?? []).map(({ network }) => network)
    default:
      return []
  }
}

function withRealIds(state: HostState, scene: Scene, message: string): string {
  const ids = [
    ...state.containers.map(({ name, id }) => [containerId(scene, name), id] as const),
    ...state.networks.map(({ name, id }) => [digestHex(`network ${name}`, 64), id] as const),
  ]
  const told = ids.reduce((text, [made, real]) => text.replaceAll(made, real), message)
  // What is still to be made has no id yet.
  const known = new Set(ids.map(([, real]) => real))
  return told
    .replace(/^cannot create network [0-9a-f]{64} \([^)]*\): /, '')
    .replace(/ \(([0-9a-f]{64})\)/g, (whole, id: string) => (known.has(id) ? whole : ''))
}
