import type { PlannedWatch } from '../../core/watch/plan-watch.ts'
import type { WatchQuestion } from '../../protocol/contract.ts'
import type { OwnTraffic, TrafficPlan } from './traffic-plan.ts'

/** Returns what the helper listens to: the user's filter, what belongs to the target, and in the host not what is Hopwire's own. */
export function planTraffic(
  plan: PlannedWatch,
  { filter, snapLength }: WatchQuestion,
  ownTraffic: readonly OwnTraffic[],
): TrafficPlan {
  const own = ownTraffic.map((one) => `not (${one.filter})`)
  const places = plan.places.map(({ netns, pid, scope }) => {
    const parts = [filter, scope, ...(pid === 0 ? own : [])].filter((part) => part !== '')
    return { inode: netns.id, pid, filter: parts.length < 2 ? (parts[0] ?? '') : parts.map(bracket).join(' and ') }
  })
  return { snapLength, userFilter: filter, places }
}

function bracket(filter: string): string {
  return `(${filter})`
}

/** Returns a text that two plans share which listen to the same: a container that was started anew is another one. */
export function inodesOf({ places }: PlannedWatch): string {
  return places.map(({ netns, scope }) => `${netns.id} ${scope}`).join()
}
