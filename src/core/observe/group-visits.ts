import type { ChainVisit } from './seen-packet.ts'

const ORDER = { prerouting: 0, output: 0, input: 1, forward: 1, postrouting: 2 } as const

/**
 * Returns together the chains that one packet met on one way through a namespace: those of one trace id, until it is used
 * again. Translation may leave the headers before it nothing in common with those after it.
 */
export function groupVisits(visits: readonly ChainVisit[]): readonly (readonly ChainVisit[])[] {
  const open = new Map<string, ChainVisit[]>()
  const walks: ChainVisit[][] = []
  for (const visit of visits) {
    const key = `${visit.netns} ${visit.traceId}`
    const walk = open.get(key)
    if (walk !== undefined && continues(walk, visit)) walk.push(visit)
    else {
      const fresh = [visit]
      open.set(key, fresh)
      walks.push(fresh)
    }
  }
  return walks
}

function continues(walk: readonly ChainVisit[], visit: ChainVisit): boolean {
  const last = walk.at(-1)
  if (last === undefined || orderOf(visit) < orderOf(last)) return false
  const { packet } = last
  const same = packet.protocol === visit.packet.protocol && packet.length === visit.packet.length
  return same && !walk.some((each) => isSameChain(each, visit))
}

/** Returns how far on its way through a namespace a packet is at a chain: 0 where it begins. */
export const orderOf = ({ hook }: ChainVisit): number => (ORDER as Readonly<Record<string, number>>)[hook] ?? 0

/** Tells whether two visits are of one base chain, by a packet that has as far to go. */
export function isSameChain(a: ChainVisit, b: ChainVisit): boolean {
  return (
    a.netns === b.netns &&
    a.family === b.family &&
    a.table === b.table &&
    a.chain === b.chain &&
    a.packet.ttl === b.packet.ttl
  )
}
