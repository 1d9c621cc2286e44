import type { ConntrackTuple } from '../../core/host/conntrack-entry.ts'
import type { Protocol } from '../../core/net/packet.ts'
import { reverseTuple } from '../../core/net/reverse-tuple.ts'
import { type PacketTuple, tupleKey } from '../../core/watch/packet-tuple.ts'

/** How long a packet waits for conntrack to say whose it is, in milliseconds: both come by ways of their own. */
const PATIENCE = 2000

/** Most packets that wait: on a busy host most of them are nobody's that is asked about. */
const MOST = 2000

/** Keeps packets under one of the host's own addresses until conntrack tells for whom they are translated. */
export class HoldBack<T> {
  readonly #waiting = new Map<string, { readonly since: number; readonly items: T[] }>()
  #count = 0

  /** Lets one wait. */
  add(tuple: PacketTuple, item: T, now: number): void {
    if (this.#count >= MOST) this.#letOldestGo()
    const key = tupleKey(tuple.protocol, tuple)
    const known = this.#waiting.get(key)
    this.#count += 1
    if (known === undefined) this.#waiting.set(key, { since: now, items: [item] })
    else known.items.push(item)
  }

  /** Returns those that waited for a connection, in the order in which they came. */
  release(protocol: Protocol, tuples: readonly ConntrackTuple[]): readonly T[] {
    if (this.#count === 0) return []
    const keys = tuples.flatMap((tuple) => [tupleKey(protocol, tuple), tupleKey(protocol, reverseTuple(tuple))])
    return [...new Set(keys)].flatMap((key) => {
      const items = this.#waiting.get(key)?.items ?? []
      this.#drop(key)
      return items
    })
  }

  /** Those that waited long enough are of somebody else. */
  expire(now: number): void {
    for (const [key, { since }] of this.#waiting) if (now - since > PATIENCE) this.#drop(key)
  }

  #letOldestGo(): void {
    const [oldest] = this.#waiting.keys()
    if (oldest !== undefined) this.#drop(oldest)
  }

  #drop(key: string): void {
    this.#count -= this.#waiting.get(key)?.items.length ?? 0
    this.#waiting.delete(key)
  }
}
