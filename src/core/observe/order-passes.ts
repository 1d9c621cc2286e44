import type { SeenFrame } from './observation.ts'
import type { PlaceIndex } from './place-index.ts'
import type { ChainVisit, SeenPacket } from './seen-packet.ts'

/** One stay of a packet in one namespace: how it came in, what chains it met, by what it left. */
export interface Pass {
  readonly netns: string
  /** Empty where it was made there. A bridge's port, then perhaps the bridge itself. */
  readonly entry: SeenFrame[]
  readonly outs: SeenFrame[]
  readonly visits: ChainVisit[]
  /** The stays that the frames of `outs` led to. */
  readonly next: Pass[]
}

/**
 * Takes a packet's frames and chains apart into its stays in namespaces, in the order of its path. Frames of one namespace
 * are in the order in which its taps showed them; a frame that went out belongs to the one that came in at the other end
 * of its wire. Returns the stays that nothing is known to have led to; where that is more than one, what lies between
 * them was not watched.
 */
export function orderPasses(places: PlaceIndex, packet: SeenPacket): readonly Pass[] {
  const byNetns = new Map<string, Pass[]>()
  const all: Pass[] = []
  for (const frame of packet.frames) addFrame(places, byNetns, all, frame)
  addVisits(places, byNetns, all, packet.visits)
  return link(places, all)
}

function addFrame(places: PlaceIndex, byNetns: Map<string, Pass[]>, all: Pass[], frame: SeenFrame): void {
  const own = byNetns.get(frame.netns) ?? []
  const last = own.at(-1)
  const begun = own.find((pass) => hasOtherPiece(pass, frame))
  if (begun !== undefined) (frame.direction === 'in' ? begun.entry : begun.outs).push(frame)
  else if (last !== undefined && frame.direction === 'out') last.outs.push(frame)
  else if (last !== undefined && goesOn(places, last, frame)) last.entry.push(frame)
  else {
    const pass: Pass = { netns: frame.netns, entry: [], outs: [], visits: [], next: [] }
    ;(frame.direction === 'in' ? pass.entry : pass.outs).push(frame)
    byNetns.set(frame.netns, [...own, pass])
    all.push(pass)
  }
}

/** Pieces go the same way one after the other, each perhaps up to its end before the next one comes. */
function hasOtherPiece({ entry, outs }: Pass, { direction, device, identity: { fragment } }: SeenFrame): boolean {
  if (fragment === undefined) return false
  const pieces = (direction === 'in' ? entry : outs).filter((each) => each.device === device)
  const offsets = pieces.map(({ identity }) => identity.fragment?.offset)
  return offsets.some((offset) => offset !== undefined) && !offsets.includes(fragment.offset)
}

/** A frame that came in shows once more on what the device is part of. */
function goesOn(places: PlaceIndex, { entry, netns }: Pass, frame: SeenFrame): boolean {
  const last = entry.at(-1)
  if (last === undefined) return false
  if (last.device === frame.device) return false
  const upper = places.device(netns, frame.device)
  const lower = places.device(netns, last.device)
  if (upper === null || lower === null) return false
  return lower.master === upper.name || upper.parentIndex === lower.index
}

/** Chains of one stay: PREROUTING begins another, as OUTPUT does; a flooded frame is forwarded several times in one. */
function addVisits(places: PlaceIndex, byNetns: Map<string, Pass[]>, all: Pass[], visits: readonly ChainVisit[]): void {
  const taken = new Set<Pass>()
  for (const netns of new Set(visits.map((visit) => visit.netns))) {
    const own = byNetns.get(netns) ?? []
    for (const stay of splitStays(visits.filter((visit) => visit.netns === netns))) {
      const pass = own.find((each) => !taken.has(each) && isStayOf(places, each, stay))
      const target = pass ?? { netns, entry: [], outs: [], visits: [], next: [] }
      if (pass === undefined) all.push(target)
      target.visits.push(...stay)
      taken.add(target)
    }
  }
}

function splitStays(visits: readonly ChainVisit[]): readonly (readonly ChainVisit[])[] {
  const stays: ChainVisit[][] = []
  for (const visit of visits) {
    const last = stays.at(-1)
    if (last === undefined || beginsAnew(last, visit)) stays.push([visit])
    else last.push(visit)
  }
  return stays
}

function beginsAnew(stay: readonly ChainVisit[], visit: ChainVisit): boolean {
  const first = visit.hook === 'prerouting' || visit.hook === 'output'
  if (!first) return visit.hook === 'input' && stay.some(({ hook }) => hook === 'output' || hook === 'postrouting')
  const again = stay.some(
    (each) => each.chain === visit.chain && each.table === visit.table && each.family === visit.family,
  )
  return again || stay.some(({ hook }) => hook !== visit.hook)
}

function isStayOf(places: PlaceIndex, { netns, entry, outs }: Pass, stay: readonly ChainVisit[]): boolean {
  const [first] = stay
  if (first === undefined) return false
  const made = first.hook === 'output' || (first.hook === 'postrouting' && first.inDevice === null)
  if (entry.length === 0) {
    const device = stay.findLast(({ outDevice }) => outDevice !== null)?.outDevice ?? null
    return made && (device === null || outs.some((frame) => frame.device === device))
  }
  if (made) return false
  const device = stay.find(({ inDevice }) => inDevice !== null)?.inDevice ?? null
  if (device === null) return true
  return entry.some((frame) => frame.device === device || places.device(netns, frame.device)?.master === device)
}

function link(places: PlaceIndex, all: readonly Pass[]): readonly Pass[] {
  const linked = new Set<Pass>()
  for (const pass of all) {
    for (const frame of pass.outs) {
      const far = places.farEnd(pass.netns, frame.device)
      const next = all.find(
        (each) =>
          !linked.has(each) &&
          each !== pass &&
          each.netns === far?.netns &&
          each.entry[0]?.device === far.device &&
          each.entry[0].at >= frame.at,
      )
      if (next === undefined) continue
      pass.next.push(next)
      linked.add(next)
    }
  }
  return linkLoopback(places, all, linked)
}

/** On `lo` only the way in shows: what was made in the same namespace led to it, whether or not a chain tells of that. */
function linkLoopback(places: PlaceIndex, all: readonly Pass[], linked: ReadonlySet<Pass>): readonly Pass[] {
  const roots = all.filter((pass) => !linked.has(pass))
  const isLoop = ({ netns, entry }: Pass): boolean => places.device(netns, entry[0]?.device ?? '')?.kind === 'loopback'
  const makers = roots.filter(({ entry, outs }) => entry.length === 0 && outs.length === 0)
  const others = roots.filter((pass) => !makers.includes(pass))
  const led = others.map((pass) => {
    if (!isLoop(pass)) return pass
    const at = makers.findIndex(({ netns, next }) => netns === pass.netns && next.length === 0)
    const maker = makers[at] ?? { netns: pass.netns, entry: [], outs: [], visits: [], next: [] }
    if (at >= 0) makers.splice(at, 1)
    maker.next.push(pass)
    return maker
  })
  const made = ({ visits }: Pass): boolean => visits[0]?.hook === 'output'
  return [...makers.filter(made), ...led, ...makers.filter((pass) => !made(pass))]
}
