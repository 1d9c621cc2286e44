import type { ConntrackTuple } from '../host/conntrack-entry.ts'
import type { Protocol } from '../net/packet.ts'
import { reverseTuple } from '../net/reverse-tuple.ts'
import type { ConntrackEvent } from './conntrack-event.ts'
import type { FlowKey, FlowRecord, TapCount } from './flow-record.ts'
import { adoptTracking, isMirrored, newFlow } from './new-flow.ts'
import { isOwnToNamespace, type PacketTuple, toConntrackTuple, tupleKey } from './packet-tuple.ts'

/** A place that is listened to: its number, and the namespace's name. */
export interface TablePlace {
  readonly number: number
  readonly netns: string
}

/** What decides about conversations before any packet of them was seen. */
export interface TableOptions {
  /** Connections of conntrack's are shown without a packet. */
  readonly listsAll: boolean
  /** Most conversations that are kept. */
  readonly most: number
}

/**
 * Puts packets and conntrack's events of several namespaces together to conversations. All tuples of one, before and after
 * each translation, lead to it: so a packet is known at every device of its way, and is counted there.
 */
export class FlowTable {
  readonly #known = new Map<string, FlowKey>()
  readonly #taps = new Map<number, Map<string, TapCount>>()
  readonly #flows = new Map<number, FlowRecord>()
  #next = 1
  /** Flows that went, until they were told. */
  #gone: number[] = []
  #forgotten = 0

  constructor(private readonly options: TableOptions) {}

  get flows(): Iterable<FlowRecord> {
    return this.#flows.values()
  }

  get forgotten(): number {
    return this.#forgotten
  }

  get(id: number): FlowRecord | undefined {
    return this.#flows.get(id)
  }

  /** Returns the ids of shown flows that went since the last call. */
  takeGone(): readonly number[] {
    const gone = this.#gone
    this.#gone = []
    return gone
  }

  /** Tells whether a packet's tuple is that of a conversation that is known. */
  knows(place: TablePlace, tuple: PacketTuple): boolean {
    return this.#known.has(scoped(place, tuple.protocol, tuple))
  }

  /** Counts a packet at a device (`tap` is a number of its own for each, and each direction) and returns its conversation. */
  see(place: TablePlace, tap: number, tuple: PacketTuple, at: number): FlowRecord {
    const text = scoped(place, tuple.protocol, tuple)
    const counts = this.#countsOf(tap)
    let count = counts.get(text)
    if (count === undefined || count.key.replaced) {
      count = { key: this.#known.get(text) ?? this.#beginUntracked(place, text, tuple, at), packets: 0, bytes: 0 }
      count.key.flow.taps.push(count)
      counts.set(text, count)
    }
    count.packets += 1
    count.bytes += tuple.length
    const { flow } = count.key
    flow.lastSeen = at
    flow.shown = true
    return flow
  }

  #countsOf(tap: number): Map<string, TapCount> {
    const known = this.#taps.get(tap)
    if (known !== undefined) return known
    const counts = new Map<string, TapCount>()
    this.#taps.set(tap, counts)
    return counts
  }

  /** Where nothing is tracked the first packet begins the conversation, unless it is the answer to a beginning. */
  #beginUntracked(place: TablePlace, text: string, tuple: PacketTuple, at: number): FlowKey {
    const sent = toConntrackTuple(tuple)
    const original = tuple.opens === false ? reverseTuple(sent) : sent
    const flow = this.#add(place, { protocol: tuple.protocol, family: tuple.family, original }, at)
    flow.directionFrom = tuple.opens === null ? 'first-packet' : 'opening'
    this.#learn(place, flow)
    const key = this.#known.get(text)
    if (key === undefined) throw new Error(`a conversation without its own tuple ${text}`)
    return key
  }

  /** Takes an event of a namespace's conntrack. Times are milliseconds, as those of packets. Null: it tells nothing new. */
  track(place: TablePlace, { kind, entry }: ConntrackEvent, at: number): FlowRecord | null {
    const { protocol, family, original, reply } = entry
    const tuples = [original, reply, reverseTuple(original), reverseTuple(reply)]
    let flow = this.#join(tuples.map((one) => scoped(place, protocol, one)))
    if (kind === 'destroy' && flow?.trackedIn.has(place.number) !== true) return null
    // A port that is used again is another conversation.
    if (flow === null || (kind === 'new' && flow.ended)) flow = this.#add(place, { protocol, family, original }, at)
    const wasTranslated = !isMirrored(flow.original, flow.reply)
    if (flow.directionFrom !== 'conntrack' || (!wasTranslated && !isMirrored(original, reply))) {
      flow.original = original
      flow.reply = reply
      flow.directionFrom = 'conntrack'
    }
    if (kind === 'destroy') flow.trackedIn.delete(place.number)
    else flow.trackedIn.add(place.number)
    flow.ended = flow.trackedIn.size === 0
    // A listing is older than the events that came meanwhile.
    if (kind === 'new' || kind === 'update' || flow.flags === null) {
      flow.state = entry.state
      flow.flags = entry.flags
    }
    flow.shown ||= this.options.listsAll
    flow.changed = true
    if (kind !== 'listed') flow.lastSeen = at
    this.#learn(place, flow, original, reply)
    return flow
  }

  /** Conversations behind some tuples become one, the oldest that lives; null when there is none. */
  #join(texts: readonly string[]): FlowRecord | null {
    const found = [...new Set(texts.flatMap((text) => this.#known.get(text)?.flow ?? []))]
    const [first, ...others] = found.sort((a, b) => Number(a.ended) - Number(b.ended) || a.id - b.id)
    if (first === undefined) return null
    // One that ended with the same tuples was another one.
    for (const other of others) if (!other.ended) this.#absorb(first, other)
    return first
  }

  #absorb(into: FlowRecord, other: FlowRecord): void {
    for (const [text, key] of other.keys) {
      key.flow = into
      into.keys.set(text, key)
    }
    into.taps.push(...other.taps)
    adoptTracking(into, other)
    for (const number of other.trackedIn) into.trackedIn.add(number)
    into.lastSeen = Math.max(into.lastSeen, other.lastSeen)
    into.shown ||= other.shown
    other.keys.clear()
    this.#remove(other)
    if (other.own) this.hide(into)
  }

  #learn(place: TablePlace, flow: FlowRecord, original = flow.original, reply = flow.reply): void {
    const set = (tuple: ConntrackTuple, forward: boolean): void => {
      const text = scoped(place, flow.protocol, tuple)
      const known = this.#known.get(text)
      if (known !== undefined && known.flow === flow) {
        known.forward = forward
        return
      }
      if (known !== undefined) known.replaced = true
      const key: FlowKey = { flow, forward, replaced: false }
      this.#known.set(text, key)
      flow.keys.set(text, key)
    }
    // Of a conversation with oneself all four are one: it goes forward.
    set(reply, false)
    set(reverseTuple(original), false)
    set(reverseTuple(reply), true)
    set(original, true)
  }

  #add(place: TablePlace, parts: Pick<FlowRecord, 'protocol' | 'family' | 'original'>, at: number): FlowRecord {
    const flow = newFlow(this.#next, place.netns, parts, at)
    this.#next += 1
    this.#flows.set(flow.id, flow)
    if (this.#flows.size > this.options.most) this.#makeRoom(flow)
    return flow
  }

  /** A tenth at once: choosing costs a look at all. */
  #makeRoom(keep: FlowRecord): void {
    const byUse = [...this.#flows.values()].sort(
      (a, b) => Number(b.ended) - Number(a.ended) || a.lastSeen - b.lastSeen || a.id - b.id,
    )
    const surplus = this.#flows.size - Math.floor(this.options.most * 0.9)
    for (const flow of byUse.filter((one) => one !== keep).slice(0, surplus)) {
      if (flow.shown && !flow.own) this.#forgotten += 1
      this.#remove(flow)
    }
  }

  /** Lets go of what ended, or was neither tracked nor seen, for so many milliseconds. */
  expire(now: number, afterEnd: number, afterSilence: number): void {
    for (const flow of [...this.#flows.values()]) {
      const silence = now - flow.lastSeen
      const over = flow.ended ? silence > afterEnd : flow.trackedIn.size === 0 && silence > afterSilence
      if (over) this.#remove(flow)
    }
    this.#sweep()
  }

  /** Takes a conversation for Hopwire's own from now on. */
  hide(flow: FlowRecord): void {
    if (flow.own) return
    flow.own = true
    if (flow.shown) this.#gone.push(flow.id)
  }

  #remove(flow: FlowRecord): void {
    flow.gone = true
    this.#flows.delete(flow.id)
    if (flow.shown && !flow.own) this.#gone.push(flow.id)
    for (const [text, key] of flow.keys) {
      key.replaced = true
      if (this.#known.get(text) === key) this.#known.delete(text)
    }
  }

  /** Counts of tuples that are nobody's any more are found by device: all at once, now and then. */
  #sweep(): void {
    for (const counts of this.#taps.values())
      for (const [text, count] of counts) if (count.key.replaced) counts.delete(text)
  }
}

function scoped(place: TablePlace, protocol: Protocol, tuple: ConntrackTuple | PacketTuple): string {
  const key = tupleKey(protocol, tuple)
  return isOwnToNamespace(tuple.src) || isOwnToNamespace(tuple.dst) ? `${place.number} ${key}` : key
}
