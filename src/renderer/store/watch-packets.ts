import type { WatchPacket } from '../../core/watch/watch.ts'
import type { ClientHolder, Change, PacketActions, WatchGet } from './watch-action-types.ts'
import { currentWatch, standsStill } from './watch-data.ts'

/** Packets of one request. */
const PAGE = 200
/** More than a screen and what is played within a second; a ring as a whole can be far larger. */
const MOST_HELD = 12_000

/** Returns the actions that look at single packets of the watch on show. They are fetched by pages, as they are needed. */
export function createPacketActions(holder: ClientHolder, get: WatchGet, change: Change): PacketActions {
  const fetchPackets = createPageReader(holder, get, change)
  const showPacket = (seq: number | null) => {
    const { kept, replay } = get().watch
    if (seq === null || kept.next === kept.first) return change({ cursor: null })
    const cursor = Math.max(kept.first, Math.min(kept.next - 1, seq))
    change({ cursor, passed: [], replay: { ...replay, playing: false } })
    fetchPackets(cursor - 40, cursor + 40)
  }
  return {
    fetchPackets,
    showPacket,
    stepPacket: (by) => {
      const { watch } = get()
      if (watch.current === null) return
      if (!standsStill(currentWatch(watch))) {
        void get()
          .pauseWatch()
          .then(() => get().lastPacket())
        return
      }
      const { cursor } = watch
      showPacket(cursor === null ? (by === 1 ? watch.kept.first : watch.kept.next - 1) : cursor + by)
    },
    firstPacket: () => showPacket(get().watch.kept.first),
    lastPacket: () => showPacket(get().watch.kept.next - 1),
    ...createReplayActions(get, change),
  }
}

type Replay = Pick<PacketActions, 'toggleReplay' | 'pauseReplay' | 'setReplaySpeed' | 'passPackets'>

function createReplayActions(get: WatchGet, change: Change): Replay {
  return {
    toggleReplay: () => {
      const { watch } = get()
      if (!standsStill(currentWatch(watch)) || watch.kept.next === watch.kept.first) return
      const { playing, speed } = watch.replay
      const atEnd = watch.cursor === null || watch.cursor >= watch.kept.next - 1
      const cursor = playing || !atEnd ? watch.cursor : watch.kept.first
      change({ cursor, passed: [], replay: { playing: !playing, speed } })
    },
    pauseReplay: () => change({ replay: { ...get().watch.replay, playing: false } }),
    setReplaySpeed: (speed) => change({ replay: { ...get().watch.replay, speed } }),
    passPackets: (passed, cursor) => change({ passed, cursor }),
  }
}

/** Returns what fetches the pages of a range that are not here yet, each once at a time. */
function createPageReader(holder: ClientHolder, get: WatchGet, change: Change): PacketActions['fetchPackets'] {
  const asked = new Set<string>()
  const fetchPage = async (id: string, from: number) => {
    const key = `${id} ${from}`
    if (holder.client === null || asked.has(key)) return
    asked.add(key)
    const outcome = await holder.client.call('watchPackets', { id, from, count: PAGE })
    asked.delete(key)
    const { watch } = get()
    if (watch.current !== id) return
    if (!outcome.ok) return change({ problem: outcome.failure.message })
    const { first, next } = outcome.value
    const packets = hold(watch.packets, outcome.value.packets)
    change(watch.latest === null ? { packets, kept: { first, next } } : { packets })
  }
  return (from, next) => {
    const { current, packets, kept } = get().watch
    if (current === null) return
    const [low, high] = [Math.max(from, kept.first), Math.min(next, kept.next)]
    for (let page = Math.floor(low / PAGE) * PAGE; page < high; page += PAGE) {
      // The ring may have let go of a page's beginning; its end tells whether it was fetched.
      if (!packets.has(Math.min(page + PAGE, high) - 1) || !packets.has(Math.max(page, low)))
        void fetchPage(current, page)
    }
  }
}

/** Returns the packets held with more of them; the oldest to have come are let go of. */
function hold(
  before: ReadonlyMap<number, WatchPacket>,
  more: readonly WatchPacket[],
): ReadonlyMap<number, WatchPacket> {
  const all = new Map(before)
  for (const packet of more) {
    all.delete(packet.seq)
    all.set(packet.seq, packet)
  }
  for (const seq of all.keys()) {
    if (all.size <= MOST_HELD) break
    all.delete(seq)
  }
  return all
}
