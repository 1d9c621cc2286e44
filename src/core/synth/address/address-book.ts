import type { Generation } from '../scene/scene.ts'
import { contains, formatValue, type IpRange, toRange, toValue } from './ip-range.ts'
import { type Granted, granted, refused } from './refusal.ts'

/** The addresses of one subnet: given out from the lowest free one on (moby:libnetwork/internal/addrset). */
export class AddressBook {
  readonly subnet: IpRange
  readonly #pool: IpRange
  readonly #generation: Generation
  readonly #taken = new Set<bigint>()
  readonly #kept = new Set<bigint>()

  constructor(subnet: IpRange, ipRange: string | undefined, generation: Generation) {
    this.subnet = subnet
    this.#generation = generation
    this.#pool = ipRange === undefined ? subnet : toRange(ipRange)
    const isPair = subnet.family === 4 && subnet.last - subnet.first <= 1n
    if (!isPair) this.#taken.add(subnet.first)
    if (!isPair && subnet.family === 4) this.#taken.add(subnet.last)
  }

  /** Keeps addresses for those who have them already: they are not given to who asks for any. */
  keep(addresses: readonly string[]): void {
    for (const address of addresses) if (contains(this.subnet, address)) this.#kept.add(toValue(address))
  }

  /** Takes one address, or the lowest free one of the network's range. */
  take(address?: string): Granted<string> {
    if (address !== undefined) return this.#takeOne(toValue(address))
    for (let value = this.#pool.first; value <= this.#pool.last; value++) {
      if (!this.#taken.has(value) && !this.#kept.has(value)) return this.#takeOne(value)
    }
    return refused(
      this.#generation === 20 ? 'No available addresses on this pool' : 'no available addresses on this pool',
    )
  }

  #takeOne(value: bigint): Granted<string> {
    if (this.#taken.has(value)) return refused('Address already in use')
    this.#taken.add(value)
    return granted(formatValue(this.subnet.family, value))
  }
}
