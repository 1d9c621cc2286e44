import type { HostState } from '../../core/host/host-state.ts'
import { LAB_LABEL } from '../../core/manage/lab.ts'
import type { ManageAction } from '../../core/manage/action.ts'
import type { Scene } from '../../core/synth/scene/scene.ts'
import type { LabPage } from './lab-page.ts'

/** Containers and networks of one host that belong to a lab. */
export interface LabObjects {
  readonly containers: readonly { readonly id: string; readonly name: string }[]
  readonly networks: readonly { readonly id: string; readonly name: string }[]
}

/** Finds what has the label of a lab, and what `isOwn` takes beside that. */
export function findObjects(
  state: HostState,
  isOwn: (kind: 'container' | 'network', object: { readonly id: string; readonly name: string }) => boolean,
): LabObjects {
  return {
    containers: state.containers.filter((each) => LAB_LABEL in each.labels || isOwn('container', each)),
    networks: state.networks.filter((each) => LAB_LABEL in each.labels || isOwn('network', each)),
  }
}

/** Returns the names of a page that a host has already: it cannot be done there without touching what is not the lab's. */
export function findTaken(state: HostState, { containers, networks }: LabPage): readonly string[] {
  return [
    ...state.containers.filter(({ name }) => containers.includes(name)).map(({ name }) => `the container ${name}`),
    ...state.networks.filter(({ name }) => networks.includes(name)).map(({ name }) => `the network ${name}`),
  ]
}

/** Returns what makes a scene's networks and containers on a real engine, each with the label of the lab. */
export function buildActions({ id }: LabPage, scene: Scene): readonly ManageAction[] {
  const labels = { [LAB_LABEL]: id }
  return [
    ...scene.networks.map(
      (network): ManageAction => ({
        kind: 'create-network',
        network: { ...network, labels: { ...network.labels, ...labels } },
      }),
    ),
    ...scene.containers.map(
      ({ state: _state, listens: _listens, ...container }): ManageAction => ({
        kind: 'run-container',
        container: { ...container, image: container.image ?? 'busybox', labels: { ...container.labels, ...labels } },
      }),
    ),
  ]
}

/** Returns what removes them: containers first, since a network with one of them cannot be removed. */
export function removeActions({ containers, networks }: LabObjects): readonly ManageAction[] {
  return [
    ...containers.map(({ name }): ManageAction => ({ kind: 'remove-container', name })),
    ...networks.map(({ name }): ManageAction => ({ kind: 'remove-network', name })),
  ]
}
