import { bracketed } from '../net/format-packet.ts'
import type { NoteBook } from './notes.ts'
import type { ComposePort, ComposeService } from './project.ts'

/** Gives out host ports in the order in which containers start. */
export class HostPorts {
  readonly #taken: ComposePort[] = []
  readonly #notes: NoteBook

  constructor(notes: NoteBook) {
    this.#notes = notes
  }

  /** Returns a container's ports as `docker run -p` takes them; of a range the first free one, which is said. */
  take({ name, ports, scale }: ComposeService): readonly string[] {
    return ports.map((port) => {
      const { published, target, protocol, place } = port
      if (published === null)
        return `${formatHost(port.hostAddress)}${port.hostAddress === null ? '' : ':'}${target}/${protocol}`
      const host = this.#choose(port)
      if (host === null)
        this.#notes.warn(
          `no port from ${published.from} to ${published.to} is left for all containers of "${name}"`,
          place,
        )
      else if (published.from !== published.to)
        this.#notes.warn(
          `Docker takes a free port from ${published.from} to ${published.to}: here the first one`,
          place,
        )
      else if (scale > 1)
        this.#notes.warn(`${scale} containers of "${name}" cannot all have port ${host} of the host: one starts`, place)
      const chosen = host ?? published.to
      this.#taken.push({ ...port, published: { from: chosen, to: chosen } })
      return `${formatHost(port.hostAddress)}${chosen}:${target}/${protocol}`
    })
  }

  /** A single port is taken even where another container has it: Docker's refusal is for its simulation to show. */
  #choose(port: ComposePort): number | null {
    const { from, to } = port.published ?? { from: 0, to: 0 }
    if (from === to) return from
    for (let host = from; host <= to; host++) if (!this.#taken.some((other) => clashes(other, port, host))) return host
    return null
  }
}

function clashes(other: ComposePort, port: ComposePort, host: number): boolean {
  if (other.protocol !== port.protocol || other.published?.from !== host) return false
  return other.hostAddress === null || port.hostAddress === null || other.hostAddress === port.hostAddress
}

function formatHost(address: string | null): string {
  return address === null ? '' : `${bracketed(address)}:`
}
