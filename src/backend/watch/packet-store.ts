import { readPacket } from '../../core/parse/live/packet-headers.ts'
import type { PacketTuple } from '../../core/watch/packet-tuple.ts'
import { type TablePlace, FlowTable } from '../../core/watch/flow-table.ts'
import { HopMeter, type Tap } from '../../core/watch/hop-meter.ts'
import { PacketRing } from '../../core/watch/packet-ring.ts'
import type { WatchTotals } from '../../core/watch/watch.ts'
import type { KeptPacket } from './kept-packet.ts'
import type { OwnPackets } from './own-packets.ts'

/** Most conversations of one watch. */
const MOST_FLOWS = 4096

/** A packet on its way into the store. */
export interface Arrival {
  readonly kept: Omit<KeptPacket, 'seq' | 'flow'>
  readonly etherType: number
  /** Behind the link header. */
  readonly payload: Uint8Array
  readonly tuple: PacketTuple | null
  readonly place: TablePlace
  readonly tap: Tap
  /** Milliseconds since the watch began. */
  readonly at: number
}

/** What a store is made with. */
export interface StoreOptions {
  readonly ringBytes: number
  readonly listsAll: boolean
  readonly own: OwnPackets
  readonly mostFlows?: number
}

/** What one watch, or one imported file, has of packets and conversations. */
export class PacketStore {
  readonly ring: PacketRing<KeptPacket>
  readonly table: FlowTable
  readonly meter = new HopMeter()
  readonly #own: OwnPackets
  #packets = 0
  #bytes = 0
  #ownPackets = 0
  #unread = 0

  constructor(options: StoreOptions) {
    this.ring = new PacketRing(options.ringBytes)
    this.table = new FlowTable({ listsAll: options.listsAll, most: options.mostFlows ?? MOST_FLOWS })
    this.#own = options.own
  }

  totals(others: { readonly lost: number; readonly paused: number }): WatchTotals {
    const { lost, paused } = others
    const forgotten = this.table.forgotten
    return {
      packets: this.#packets,
      bytes: this.#bytes,
      lost,
      paused,
      own: this.#ownPackets,
      unread: this.#unread,
      forgotten,
    }
  }

  /** Counts a packet and keeps it, unless it is Hopwire's own. */
  take(arrival: Arrival): void {
    const { kept, tuple, place, tap, at, etherType, payload } = arrival
    const flow = tuple === null ? null : this.table.see(place, tap.number, tuple, at)
    if (flow !== null && !flow.own && this.#own.isActive) {
      const read = readPacket(etherType, payload, null)
      if (read !== null && typeof read !== 'string' && this.#own.isOwn(flow.protocol, read.identity, payload))
        this.table.hide(flow)
    }
    if (flow?.own === true) {
      this.#ownPackets += 1
      return
    }
    const length = tuple?.length ?? payload.length
    if (tuple === null && !isRead(etherType, payload)) this.#unread += 1
    this.#packets += 1
    this.#bytes += length
    const seq = this.ring.next
    const id = flow?.id ?? null
    this.ring.push({ ...kept, seq, flow: id })
    this.meter.count(tap, length, { seq, flow: id, at: Math.round(at * 1000) / 1000 })
  }
}

/** ARP, later fragments, neighbour discovery: of no conversation, but read. */
function isRead(etherType: number, payload: Uint8Array): boolean {
  const read = readPacket(etherType, payload, null)
  return read !== null && typeof read !== 'string'
}
