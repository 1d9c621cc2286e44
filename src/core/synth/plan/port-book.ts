import type { PortProtocol } from '../scene/port-spec.ts'
import { type Granted, granted, refused } from '../address/refusal.ts'

/** The range of ports that Docker takes where none was asked for: the kernel's ephemeral one. */
const FIRST_FREE = 32768
const LAST_FREE = 60999

/** The host's ports that Docker has bound (moby:libnetwork/portallocator). */
export class PortBook {
  readonly #taken = new Set<string>()
  readonly #listening: (protocol: PortProtocol, address: string, port: number) => boolean

  /** `listening` tells whether a process of the host's own has the port. */
  constructor(listening: (protocol: PortProtocol, address: string, port: number) => boolean) {
    this.#listening = listening
  }

  /** Takes one port at several addresses, or the next free one for 0. */
  take(protocol: PortProtocol, addresses: readonly string[], port: number): Granted<number> {
    if (port !== 0) return this.#takeOne(protocol, addresses, port)
    for (let free = FIRST_FREE; free <= LAST_FREE; free++) {
      const taken = this.#takeOne(protocol, addresses, free)
      if (taken.ok) return taken
    }
    return refused('all ports are allocated')
  }

  #takeOne(protocol: PortProtocol, addresses: readonly string[], port: number): Granted<number> {
    const bad = addresses.find((address) => this.#isTaken(protocol, address, port))
    if (bad !== undefined) return refused(`Bind for ${bad}:${port} failed: port is already allocated`)
    const busy = addresses.find((address) => this.#listening(protocol, address, port))
    if (busy !== undefined) {
      const where = busy.includes(':') ? `[${busy}]` : busy
      return refused(
        `listen ${protocol}${busy.includes(':') ? '6' : '4'} ${where}:${port}: bind: address already in use`,
      )
    }
    for (const address of addresses) this.#taken.add(`${protocol} ${address} ${port}`)
    return granted(port)
  }

  /** An unspecified address is all of its IP version. */
  #isTaken(protocol: PortProtocol, address: string, port: number): boolean {
    const any = address.includes(':') ? '::' : '0.0.0.0'
    if (address !== any) return [address, any].some((one) => this.#taken.has(`${protocol} ${one} ${port}`))
    const version = address.includes(':')
    return [...this.#taken].some((entry) => {
      const [proto, where = '', number] = entry.split(' ')
      return proto === protocol && number === String(port) && where.includes(':') === version
    })
  }
}
