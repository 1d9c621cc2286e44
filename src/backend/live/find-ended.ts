import type { HostState } from '../../core/host/host-state.ts'
import type { PeerRef } from '../../core/host/interface.ts'
import type { EndedNamespace, Lack } from '../../core/observe/observation.ts'
import type { Frame } from '../../core/parse/frames.ts'
import { readLinks } from './read-links.ts'
import { GONE, refusalOf } from './refusals.ts'
import type { WatchedPlace } from './watch-plan.ts'

/** Returns what is known of a namespace whose process has gone (see WatchedNamespace); null where nothing says that it has. */
export function findEnded(state: HostState, { inode }: WatchedPlace, frames: readonly Frame[]): EndedNamespace | null {
  if (!frames.some((frame) => frame.namespace === inode && refusalOf(frame) === GONE)) return null
  const interfaces = state.namespaces.find(({ id }) => id === inode)?.interfaces ?? []
  return { gone: interfaces.flatMap(({ peer }) => (peer === null ? [] : (nameGone(state, frames, peer) ?? []))) }
}

/** Returns a device in words where it is there no more; null where it is, or was not looked for. */
function nameGone(state: HostState, frames: readonly Frame[], { namespace, device }: PeerRef): string | null {
  const place = state.namespaces.find(({ id }) => id === namespace)
  const links = frames.find((frame) => frame.namespace === namespace && frame.command === 'link')
  if (place === undefined || links?.exit !== 0) return null
  return Object.values(readLinks(links.output)).includes(device) ? null : `${device} of ${place.name}`
}

/** Tells whether all that watches was in a namespace: what was refused came when the watch was over. */
export function hasBegun(own: readonly Frame[]): boolean {
  const late = ({ command }: Frame): boolean => command === 'link' || command === 'sender' || command.endsWith(':after')
  return (
    own.some(({ command }) => command === 'tcpdump') && own.every((each) => late(each) || refusalOf(each) === undefined)
  )
}

/** Returns what is not known of a namespace that ended: its rules were traced, but nobody could read their counters again. */
export function endedLacks({ checks }: WatchedPlace): readonly Lack[] {
  if (!checks.some((check) => check !== 'nft')) return []
  return [{ what: 'counters', why: `counters of rules cannot be read: ${GONE}` }]
}
