import type { HostState } from '../../core/host/host-state.ts'
import type { WatchTarget } from '../../core/watch/watch.ts'
import { parsed, refused, type Parsed } from './parsed.ts'

/**
 * Returns what the words of a target mean on a host: `host`, a container, a network or one of the host's interfaces by its
 * name (in this order), `container:NAME`, `network:NAME`, or an interface with its place, `host/eth0` or `web/eth0`.
 */
export function findTarget(words: string, state: HostState | null): Parsed<WatchTarget> {
  if (words === 'host') return parsed({ kind: 'host' })
  const slash = words.lastIndexOf('/')
  if (slash > 0) return findDevice(words.slice(0, slash), words.slice(slash + 1), state)
  const [, kind, name] = /^(container|network):(.+)$/.exec(words) ?? []
  if (kind !== undefined && name !== undefined) return parsed({ kind: kind as 'container' | 'network', name })
  if (state?.containers.some((one) => one.name === words) === true) return parsed({ kind: 'container', name: words })
  if (state?.networks.some((one) => one.name === words) === true) return parsed({ kind: 'network', name: words })
  if (state?.namespaces[0]?.interfaces.some((one) => one.name === words) === true)
    return parsed({ kind: 'device', netns: 'host', device: words })
  return refused(`TARGET: "${words}" is no container, network or interface here; host and web/eth0 are targets, too`)
}

function findDevice(place: string, device: string, state: HostState | null): Parsed<WatchTarget> {
  const isKnown = state?.namespaces.some(({ name }) => name === place) === true || place.startsWith('container:')
  return parsed({ kind: 'device', netns: isKnown ? place : `container:${place}`, device })
}
