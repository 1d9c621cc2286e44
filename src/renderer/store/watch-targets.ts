import type { HostState } from '../../core/host/host-state.ts'
import type { WatchTarget } from '../../core/watch/watch.ts'
import type { SourceStatus } from '../../protocol/contract.ts'
import type { Place } from '../playback/place.ts'
import { whyNoHelper } from './live-choice.ts'

/** Something that can be watched, in the words that stand in the form. */
export interface TargetOption {
  readonly value: string
  readonly kind: 'host' | 'container' | 'network' | 'interface'
  readonly detail: string
  readonly target: WatchTarget
}

/** Returns the words of a target: `host`, `container web`, `network net-a`, `eth0 in container:web`. */
export function targetWords(target: WatchTarget): string {
  switch (target.kind) {
    case 'host':
      return 'host'
    case 'container':
    case 'network':
      return `${target.kind} ${target.name}`
    case 'device':
      return `${target.device} in ${target.netns}`
    default:
      return target satisfies never
  }
}

/** Returns all that can be watched on a host: itself, running containers, networks with a device here, and interfaces. */
export function listWatchTargets(state: HostState | null): readonly TargetOption[] {
  if (state === null) return []
  const option = (target: WatchTarget, kind: TargetOption['kind'], detail: string): TargetOption => ({
    value: targetWords(target),
    kind,
    detail,
    target,
  })
  const containers = state.containers.filter((each) => each.state === 'running')
  const networks = state.networks.filter((each) => each.driver !== 'host' && each.driver !== 'null')
  return [
    option({ kind: 'host' }, 'host', 'every interface of the host itself'),
    ...containers.map(({ name, endpoints, networkMode }) => {
      const addresses = endpoints.flatMap(({ ipv4, ipv6 }) => ipv4 ?? ipv6 ?? [])
      return option({ kind: 'container', name }, 'container', addresses.join(', ') || `network ${networkMode}`)
    }),
    ...networks.map(({ name, driver, subnets }) =>
      option({ kind: 'network', name }, 'network', [driver, ...subnets.map(({ prefix }) => prefix)].join(', ')),
    ),
    ...state.namespaces.flatMap((namespace) =>
      namespace.interfaces.map((device) =>
        option(
          { kind: 'device', netns: namespace.name, device: device.name },
          'interface',
          [device.kind, ...device.addresses.map(({ address }) => address)].join(', '),
        ),
      ),
    ),
  ]
}

/** Returns the target that is meant by typed words: those of an option, or a name that only one of them has. */
export function readTarget(
  words: string,
  options: readonly TargetOption[],
): { readonly target: WatchTarget } | { readonly error: string } {
  const text = words.trim()
  if (text === '') return { error: 'Choose what to watch: the host, a container, a network or an interface.' }
  const exact = options.find(({ value }) => value === text)
  if (exact !== undefined) return { target: exact.target }
  const named = options.filter(({ target }) => nameOf(target) === text)
  const first = named[0]
  if (first === undefined) return { error: `Nothing here is called “${text}”. Choose one from the list.` }
  if (named.length === 1 || first.kind === 'container') return { target: first.target }
  return { error: `“${text}” can be ${named.map(({ value }) => value).join(' or ')}. Choose one from the list.` }
}

function nameOf(target: WatchTarget): string {
  return target.kind === 'host' ? 'host' : target.kind === 'device' ? target.device : target.name
}

/** Returns what is watched when a place of the picture is; null for the outside and for what is no longer there. */
export function targetOfPlace(place: Place, state: HostState): WatchTarget | null {
  switch (place.kind) {
    case 'external':
      return null
    case 'gate':
      return { kind: 'host' }
    case 'device': {
      const network = state.networks.find(({ bridge }) => bridge === place.device)
      const isBridge = place.netns === state.namespaces[0]?.name && network !== undefined
      return isBridge ? { kind: 'network', name: network.name } : { ...place, kind: 'device' }
    }
    case 'stack': {
      const name = state.namespaces.find((each) => each.name === place.netns)?.containers[0]
      return name === undefined ? null : { kind: 'container', name }
    }
    default:
      return place satisfies never
  }
}

/** Returns why nothing can be watched, one sentence; null where it can. */
export function whyNoWatch(status: SourceStatus | null): string | null {
  if (status === null) return 'Watching needs a Docker engine, and none is connected yet.'
  switch (status.kind) {
    case 'docker':
      return whyNoHelper('Watching', status.helperConsent)
    case 'snapshot':
      return 'Watching needs a Docker engine: a snapshot has no traffic.'
    case 'sandbox':
      return 'Watching needs a Docker engine: the sandbox has no traffic.'
    case 'sample':
      return 'Watching needs a Docker engine: the sample host has no traffic.'
    default:
      return status.kind satisfies never
  }
}
