import type { HostState } from '../../core/host/host-state.ts'
import type { Place } from '../playback/place.ts'
import type { ObjectRef } from './manage-data.ts'

/** Returns where an object is in the picture: a network its bridge, a running container its namespace; null for none. */
export function placeOfObject({ kind, name }: ObjectRef, host: HostState): Place | null {
  switch (kind) {
    case 'network': {
      const bridge = host.networks.find((each) => each.name === name)?.bridge ?? null
      return bridge === null ? null : { kind: 'device', netns: 'host', device: bridge }
    }
    case 'container': {
      const namespace = host.namespaces.find((each) => each.containers.includes(name))
      return namespace === undefined ? null : { kind: 'stack', netns: namespace.name }
    }
    case 'image':
      return null
    default:
      return kind satisfies never
  }
}

/** Returns the object that a place of the picture belongs to, or null: the host's own parts belong to none. */
export function objectOfPlace(place: Place, host: HostState): ObjectRef | null {
  if (place.kind === 'external' || place.kind === 'gate') return null
  const network = place.kind === 'device' ? host.networks.find(({ bridge }) => bridge === place.device) : undefined
  if (network !== undefined && place.netns === host.namespaces[0]?.name) return { kind: 'network', name: network.name }
  const name = host.namespaces.find((each) => each.name === place.netns)?.containers[0]
  return name === undefined ? null : { kind: 'container', name }
}

/** Returns the name by which an image is spoken of: a tag as it is, an id in short. */
export function imageName(tagOrId: string): string {
  return tagOrId.startsWith('sha256:') ? tagOrId.slice('sha256:'.length).slice(0, 12) : tagOrId
}

/** Returns a text that changes when there are other networks, containers or endpoints than before. */
export function describeObjects(host: HostState | null): string {
  if (host === null) return ''
  const networks = host.networks.map(({ id, name }) => `${id} ${name}`)
  const containers = host.containers.map(({ id, name, state, endpoints }) =>
    [id, name, state, ...endpoints.map(({ network, ipv4, ipv6 }) => `${network} ${ipv4} ${ipv6}`)].join(' '),
  )
  return [...networks, '', ...containers].join('\n')
}
