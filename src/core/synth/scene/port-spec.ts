import { canonicalAddress } from '../../net/address.ts'

export type PortProtocol = 'tcp' | 'udp' | 'sctp'

/** One `-p`, ranges taken apart. `hostAddress` null is the daemon's default, `hostPort` 0 any free one. */
export interface PortSpec {
  readonly protocol: PortProtocol
  readonly containerPort: number
  readonly hostAddress: string | null
  readonly hostPort: number
}

/** A socket that accepts: `address` null is every address of both IP versions. */
export interface ListenSpec {
  readonly protocol: PortProtocol
  readonly address: string | null
  readonly port: number
}

/**
 * Parses what `docker run -p` takes: `[[ADDRESS:]HOSTPORT:]PORT[/PROTOCOL]`, each port a number or a range of equal length
 * (docker: go-connections nat.ParsePortSpec). Gives one entry a port, or null for anything else.
 */
export function parsePortSpec(text: string): readonly PortSpec[] | null {
  const parts = /^(?:(?:(\[[0-9a-fA-F:.]+\]|[0-9.]+):)?([0-9-]*):)?([0-9-]+)(?:\/(tcp|udp|sctp))?$/.exec(text)
  if (parts === null) return null
  const [, address, host = '', container = '', protocol = 'tcp'] = parts
  const hostAddress = address === undefined ? null : canonicalAddress(address.replace(/^\[|\]$/g, ''))
  if (address !== undefined && hostAddress === null) return null
  const inside = parseRange(container)
  const outside = host === '' ? [] : parseRange(host)
  if (inside === null || outside === null || (outside.length > 0 && outside.length !== inside.length)) return null
  return inside.map((containerPort, index) => ({
    protocol: protocol as PortProtocol,
    containerPort,
    hostAddress,
    hostPort: outside[index] ?? 0,
  }))
}

function parseRange(text: string): readonly number[] | null {
  const parts = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text)
  if (parts === null) return null
  const from = Number(parts[1])
  const to = Number(parts[2] ?? parts[1])
  if (from < 1 || to > 65535 || from > to) return null
  return Array.from({ length: to - from + 1 }, (_, offset) => from + offset)
}

/** Parses `[ADDRESS:]PORT/PROTOCOL`, or gives null. `0.0.0.0` and `::` are addresses: of one IP version only. */
export function parseListen(text: string): ListenSpec | null {
  const parts = /^(?:(\[[0-9a-fA-F:.]+\]|[0-9.]+):)?(\d{1,5})\/(tcp|udp|sctp)$/.exec(text)
  if (parts === null) return null
  const port = Number(parts[2])
  const address = parts[1] === undefined ? null : canonicalAddress(parts[1].replace(/^\[|\]$/g, ''))
  if (port < 1 || port > 65535 || (parts[1] !== undefined && address === null)) return null
  return { protocol: parts[3] as PortProtocol, address, port }
}
