/** Something that is kept for the bytes it has. */
export interface Kept {
  readonly seq: number
  readonly bytes: Uint8Array
}

/** What an entry costs beside its bytes. */
const OVERHEAD = 128

/** Keeps the newest packets, as many as fit; they are numbered from 0 in the order in which they came. */
export class PacketRing<T extends Kept> {
  #items: (T | undefined)[] = []
  /** Of the oldest one in `#items`: those before it were let go. */
  #head = 0
  #size = 0
  #next = 0

  constructor(readonly capacity: number) {}

  /** The number that the next one gets. */
  get next(): number {
    return this.#next
  }

  /** The number of the oldest one that is kept; `next` when none is. */
  get first(): number {
    return this.#next - (this.#items.length - this.#head)
  }

  /** What is used of the capacity, in bytes. */
  get size(): number {
    return this.#size
  }

  /** What is kept of all that came, as updates tell it. */
  extent() {
    const { first, next, capacity } = this
    return { packets: next - first, bytes: this.#size, capacity, first, next } as const
  }

  /** Keeps one more, whose number must be `next`, and lets go of the oldest ones for which there is no room. */
  push(item: T): void {
    if (item.seq !== this.#next) throw new Error(`number ${item.seq} where ${this.#next} comes next`)
    this.#next += 1
    this.#items.push(item)
    this.#size += item.bytes.length + OVERHEAD
    while (this.#size > this.capacity && this.#head < this.#items.length) this.#letGo()
    // Moving all at each step would be quadratic, never moving would keep an endless list.
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
  }

  #letGo(): void {
    const oldest = this.#items[this.#head]
    if (oldest !== undefined) this.#size -= oldest.bytes.length + OVERHEAD
    this.#items[this.#head] = undefined
    this.#head += 1
  }

  /** Returns at most `count` of them, from number `from` on or from the oldest one. */
  read(from: number, count: number): readonly T[] {
    const start = this.#head + Math.max(0, from - this.first)
    return this.#items.slice(start, start + count).filter((item) => item !== undefined)
  }
}
