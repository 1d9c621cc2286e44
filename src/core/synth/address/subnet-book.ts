import type { Generation } from '../scene/scene.ts'
import { formatRange, type IpRange, overlaps, toRange } from './ip-range.ts'
import { type Granted, granted, refused } from './refusal.ts'

export interface SubnetBookOptions {
  readonly generation: Generation
  readonly defaults: readonly IpRange[]
  /** Subnets that the host's own routes lead to: nothing is cut from there. */
  readonly reserved: readonly IpRange[]
  /** Which of the defaults 20.10 tries first: it goes on from the last one that it gave, also when that is free again. */
  readonly next: number
}

/**
 * Gives out subnets as libnetwork's address space does (20.10: moby vendor/.../libnetwork/ipam/allocator.go, later ones
 * libnetwork/ipams/defaultipam/address_space.go).
 */
export class SubnetBook {
  readonly #options: SubnetBookOptions
  readonly #taken: IpRange[] = []
  #next: number

  constructor(options: SubnetBookOptions) {
    this.#options = options
    this.#next = options.next
  }

  get next(): number {
    return this.#next
  }

  /** Takes a subnet that was asked for. One with an `--ip-range` is not compared with the others: Docker does not. */
  take(subnet: string, ipRange: string | undefined): Granted<IpRange> {
    const range = toRange(subnet)
    const twice = this.#taken.some((taken) => formatRange(taken) === formatRange(range))
    if (ipRange === undefined ? this.#taken.some((taken) => overlaps(taken, range)) : twice && this.#isOld())
      return this.#overlap()
    this.#taken.push(range)
    return granted(range)
  }

  /** Takes the first free one of the defaults, for docker0: what comes next for other networks stays as it is. */
  takeFirst(family: 4 | 6): Granted<IpRange> {
    const next = this.#next
    const given = this.#takeFrom(family, 0)
    this.#next = next
    return given
  }

  /** Takes the next free one of the defaults. */
  takeDefault(family: 4 | 6): Granted<IpRange> {
    return this.#takeFrom(family, this.#isOld() ? this.#next : 0)
  }

  #takeFrom(family: 4 | 6, start: number): Granted<IpRange> {
    const { defaults, reserved } = this.#options
    for (let step = 0; step < defaults.length; step++) {
      const index = (start + step) % defaults.length
      const candidate = defaults[index]
      if (candidate === undefined || candidate.family !== family) continue
      if ([...this.#taken, ...reserved].some((range) => overlaps(range, candidate))) continue
      this.#taken.push(candidate)
      this.#next = index + 1
      return granted(candidate)
    }
    return refused(
      this.#isOld()
        ? `could not find an available, non-overlapping IPv${family} address pool among the defaults to assign to the network`
        : 'all predefined address pools have been fully subnetted',
    )
  }

  #isOld(): boolean {
    return this.#options.generation === 20
  }

  #overlap(): Granted<never> {
    const words = 'Pool overlaps with other one on this address space'
    return refused(this.#isOld() ? words : `invalid pool request: ${words}`)
  }
}
