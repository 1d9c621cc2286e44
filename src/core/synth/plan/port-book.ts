import { type Granted, granted, refused } from '../address/refusal.ts'
import type { PortProtocol } from '../scene/port-spec.ts'
import type { Generation } from '../scene/scene.ts'

/** The range of ports that Docker takes where none was asked for: the kernel's ephemeral one. */
const FIRST_FREE = 32768
const LAST_FREE = 60999

/** One port at several host addresses for one port of a container. */
export interface PortRequest {
  readonly protocol: PortProtocol
  /** Each with the container's address behind it. */
  readonly addresses: readonly { readonly host: string; readonly container: string }[]
  readonly hostPort: number
  readonly containerPort: number
}

export interface PortBookOptions {
  readonly generation: Generation
  readonly userlandProxy: boolean
  /** Tells whether a process of the host's own has the port. */
  readonly isListening: (protocol: PortProtocol, address: string, port: number) => boolean
}

/** The host's ports that Docker has bound (moby:libnetwork/portallocator, portmapper). */
export class PortBook {
  readonly #taken: { readonly protocol: PortProtocol; readonly address: string; readonly port: number }[] = []
  readonly #options: PortBookOptions

  constructor(options: PortBookOptions) {
    this.#options = options
  }

  /** Takes the port at all of the addresses, or the next free one for 0. */
  take(request: PortRequest): Granted<number> {
    if (request.hostPort !== 0) return this.#takeOne(request, request.hostPort)
    for (let free = FIRST_FREE; free <= LAST_FREE; free++) {
      const taken = this.#takeOne(request, free)
      if (taken.ok) return taken
    }
    return refused('all ports are allocated')
  }

  #takeOne(request: PortRequest, port: number): Granted<number> {
    const problem = this.#options.generation === 20 ? this.#oldProblem(request, port) : this.#newProblem(request, port)
    if (problem !== null) return refused(problem)
    for (const { host } of request.addresses) this.#taken.push({ protocol: request.protocol, address: host, port })
    return granted(port)
  }

  /** 20.10 compares addresses literally; what overlaps otherwise is found out when the socket is opened. */
  #oldProblem({ protocol, addresses }: PortRequest, port: number): string | null {
    for (const { host } of addresses) {
      const rivals = this.#rivals(protocol, host, port)
      if (rivals.includes(host)) return `Bind for ${host}:${port} failed: port is already allocated`
      if (rivals.length > 0 || this.#options.isListening(protocol, host, port))
        return this.#listenProblem(protocol, host, port)
    }
    return null
  }

  #listenProblem(protocol: PortProtocol, host: string, port: number): string {
    const isSix = host.includes(':')
    const where = `listen ${protocol}${isSix ? 6 : 4} ${isSix ? `[${host}]` : host}:${port}: bind: address already in use`
    return this.#options.userlandProxy ? `Error starting userland proxy: ${where}` : where
  }

  /** Later ones name the address that has the port. */
  #newProblem({ protocol, addresses, containerPort }: PortRequest, port: number): string | null {
    for (const { host } of addresses) {
      const [rival] = this.#rivals(protocol, host, port)
      if (rival !== undefined) return `Bind for ${rival}:${port} failed: port is already allocated`
    }
    const busy = addresses.find(({ host }) => this.#options.isListening(protocol, host, port))
    if (busy === undefined) return null
    const [host, container] = [busy.host, busy.container].map((one) => (one.includes(':') ? `[${one}]` : one))
    return `failed to bind host port for ${host}:${port}:${container}:${containerPort}/${protocol}: address already in use`
  }

  /** The addresses that have the port already: an unspecified one is all of its IP version. */
  #rivals(protocol: PortProtocol, host: string, port: number): readonly string[] {
    const isSix = host.includes(':')
    const any = isSix ? '::' : '0.0.0.0'
    return this.#taken
      .filter((each) => each.protocol === protocol && each.port === port && each.address.includes(':') === isSix)
      .map(({ address }) => address)
      .filter((address) => address === host || address === any || host === any)
  }
}
