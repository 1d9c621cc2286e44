import type { HostState } from '../host/host-state.ts'
import type { Socket } from '../host/socket.ts'
import { PortBook } from '../synth/plan/port-book.ts'
import { whileSettingUp } from '../synth/plan/words.ts'
import { type PortSpec, parsePortSpec } from '../synth/scene/port-spec.ts'
import type { Generation } from '../synth/scene/scene.ts'
import type { FieldProblem } from './plan.ts'

/**
 * Returns which published ports are taken already, by another container, a process of the host's or one before it in the
 * list, in Docker's own words without the id of the endpoint. Paths are `container.ports[0]` and so on.
 */
export function checkPorts(
  state: HostState,
  generation: Generation,
  ports: readonly string[],
  container: string,
): readonly FieldProblem[] {
  const book = bookOf(state, generation)
  return ports.flatMap((text, index) => {
    for (const spec of parsePortSpec(text) ?? []) {
      const words = spec.hostPort === 0 ? null : take(book, spec)
      if (words === null) continue
      const about = `driver failed programming external connectivity on endpoint ${container}: ${words}`
      const holder = holderOf(state, spec)
      const message = `${whileSettingUp(generation, about)}${holder === null ? '' : ` (${holder})`}`
      return [{ at: `container.ports[${index}]`, severity: 'error', message }]
    }
    return []
  })
}

function bookOf({ engine, containers, namespaces }: HostState, generation: Generation): PortBook {
  const listening = (namespaces[0]?.sockets ?? []).filter((socket) => !isDockers(socket))
  const book = new PortBook({
    generation,
    userlandProxy: engine.userlandProxy ?? true,
    isListening: (protocol, address, port) => listening.some((socket) => holds(socket, protocol, address, port)),
  })
  for (const { pid, published } of containers) {
    if (pid === 0) continue
    for (const { protocol, hostAddress, hostPort, containerPort } of published)
      if (hostPort !== 0)
        book.take({ protocol, addresses: [{ host: hostAddress, container: '' }], hostPort, containerPort })
  }
  return book
}

function isDockers({ process, proxyTo }: Socket): boolean {
  return proxyTo !== null || process?.name === 'docker-proxy' || process?.name === 'dockerd'
}

function holds(socket: Socket, protocol: string, address: string, port: number): boolean {
  if (socket.protocol !== protocol || socket.port !== port) return false
  const isSix = address.includes(':')
  if (socket.address === '::' && !socket.ipv6Only) return true
  if (socket.address.includes(':') !== isSix) return false
  const any = isSix ? '::' : '0.0.0.0'
  return socket.address === address || socket.address === any || address === any
}

/** Without an address it is all of both IP versions. */
function take(book: PortBook, { protocol, hostAddress, hostPort, containerPort }: PortSpec): string | null {
  const hosts = hostAddress === null ? ['0.0.0.0', '::'] : [hostAddress]
  const addresses = hosts.map((host) => ({ host, container: '' }))
  const taken = book.take({ protocol, addresses, hostPort, containerPort })
  // The container's address is not known yet.
  return taken.ok ? null : taken.message.replace(/::(\d+\/\w+): address/, ' to $1: address')
}

function holderOf({ containers }: HostState, { protocol, hostPort }: PortSpec): string | null {
  const holder = containers.find(
    ({ pid, published }) =>
      pid !== 0 && published.some((port) => port.protocol === protocol && port.hostPort === hostPort),
  )
  return holder?.name ?? null
}
