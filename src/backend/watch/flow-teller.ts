import type { HostState } from '../../core/host/host-state.ts'
import { type FlowRecord, measureRate } from '../../core/watch/flow-record.ts'
import type { FlowTable } from '../../core/watch/flow-table.ts'
import { type NameEnd, nameEnds } from '../../core/watch/name-ends.ts'
import { type Rate, tellFlow } from '../../core/watch/tell-flow.ts'
import type { WatchFlow } from '../../core/watch/watch.ts'

const STILL: Rate = { packetsPerSecond: 0, bytesPerSecond: 0 }

/** Tells of a table's conversations what has changed. */
export class FlowTeller {
  readonly #table: FlowTable
  #nameEnd: NameEnd
  /** Of those that moved when they were told last. */
  #rates = new Map<number, Rate>()

  constructor(table: FlowTable, state: HostState | null) {
    this.#table = table
    this.#nameEnd = state === null ? (address) => ({ name: address, netns: null }) : nameEnds(state)
  }

  /** Takes a new state of the host: ends may have other names. */
  learn(state: HostState): void {
    this.#nameEnd = nameEnds(state)
    for (const flow of this.#table.flows) flow.changed = true
  }

  /** Returns those that changed since the last call, and measures all rates anew. */
  changed(now: number): readonly WatchFlow[] {
    const rates = new Map<number, Rate>()
    const told: WatchFlow[] = []
    for (const flow of this.#table.flows) {
      if (!isShown(flow)) continue
      const rate = measureRate(flow, now)
      const moves = rate.packetsPerSecond > 0
      if (moves) rates.set(flow.id, rate)
      if (!flow.changed && !moves && !this.#rates.has(flow.id)) continue
      flow.changed = false
      told.push(tellFlow(flow, rate, this.#nameEnd))
    }
    this.#rates = rates
    return told
  }

  /** Returns all, with the rates of the last call of `changed`. */
  all(): readonly WatchFlow[] {
    return [...this.#table.flows]
      .filter(isShown)
      .map((flow) => tellFlow(flow, this.#rates.get(flow.id) ?? STILL, this.#nameEnd))
  }
}

function isShown({ shown, own }: FlowRecord): boolean {
  return shown && !own
}
