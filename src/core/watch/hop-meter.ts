import type { WatchHop, WatchMove } from './watch.ts'

/** One device in one direction, and what passed it since it was last told. The device goes by its index: its name may be known later. */
export interface Tap {
  readonly number: number
  readonly place: number
  readonly deviceIndex: number
  readonly direction: 'in' | 'out'
  packets: number
  bytes: number
  readonly singles: { readonly seq: number; readonly flow: number | null; readonly at: number }[]
}

/** Packets of one device and direction that an eye can follow one by one in a second. */
const FOLLOWED = 20

/** Gives each device and direction a number, and counts what passes it between two updates. */
export class HopMeter {
  readonly #taps = new Map<number, Tap>()

  /** Returns the same tap for the same device and direction. */
  tapOf(place: number, deviceIndex: number, direction: 'in' | 'out'): Tap {
    // Beyond 2^31 devices (the kernel's own limit) two would share a number.
    const key = (place * 0x8000_0000 + deviceIndex) * 2 + (direction === 'in' ? 0 : 1)
    const known = this.#taps.get(key)
    if (known !== undefined) return known
    const tap: Tap = { number: this.#taps.size, place, deviceIndex, direction, packets: 0, bytes: 0, singles: [] }
    this.#taps.set(key, tap)
    return tap
  }

  /** Counts one packet. */
  count(tap: Tap, length: number, single: Tap['singles'][number]): void {
    tap.packets += 1
    tap.bytes += length
    if (tap.singles.length <= FOLLOWED) tap.singles.push(single)
  }

  /** Returns what passed in the last `interval` milliseconds, and begins anew. */
  take(
    interval: number,
    nameOf: (tap: Tap) => { readonly netns: string; readonly device: string },
  ): { readonly hops: readonly WatchHop[]; readonly moves: readonly WatchMove[] } {
    const hops: WatchHop[] = []
    const moves: WatchMove[] = []
    for (const tap of this.#taps.values()) {
      const { packets, bytes, singles } = tap
      if (packets === 0) continue
      const where = { ...nameOf(tap), direction: tap.direction }
      const packetsPerSecond = (packets * 1000) / Math.max(1, interval)
      const bytesPerSecond = (bytes * 1000) / Math.max(1, interval)
      const aggregated = packets > 1 && packetsPerSecond > FOLLOWED
      hops.push({
        ...where,
        packets,
        bytes,
        packetsPerSecond: Math.round(packetsPerSecond),
        bytesPerSecond: Math.round(bytesPerSecond),
        aggregated,
      })
      if (!aggregated) moves.push(...singles.map((single) => ({ ...single, ...where })))
      tap.packets = 0
      tap.bytes = 0
      singles.length = 0
    }
    return { hops, moves: moves.sort((a, b) => a.seq - b.seq) }
  }
}
