import type { Interface, InterfaceAddress } from '../../src/core/host/interface.ts'
import type { NetNamespace } from '../../src/core/host/namespace.ts'
import type { Neighbor } from '../../src/core/host/neighbor.ts'
import type { Route } from '../../src/core/host/route.ts'
import type { IptablesTable } from '../../src/core/host/ruleset.ts'
import type { Socket } from '../../src/core/host/socket.ts'
import { parseIptablesSave } from '../../src/core/parse/iptables-save.ts'

/** `198.51.100.10/24` and whether it is a secondary address. */
export function address(text: string, primary = true): InterfaceAddress {
  const [ip = '', length = '32'] = text.split('/')
  const scope = ip.startsWith('127.') || ip === '::1' ? 'host' : 'global'
  return { family: ip.includes(':') ? 6 : 4, address: ip, prefixLength: Number(length), scope, primary }
}

/** A device; what is not said is that of an ordinary one that is up. */
export function device(index: number, name: string, kind: Interface['kind'], over: Partial<Interface> = {}): Interface {
  return {
    index,
    name,
    kind,
    mac: kind === 'loopback' ? '00:00:00:00:00:00' : null,
    mtu: kind === 'loopback' ? 65536 : 1500,
    up: true,
    carrier: true,
    operState: 'UP',
    master: null,
    addresses: [],
    peer: null,
    ...over,
  }
}

/** `ip route` in small: `default via G dev D`, `P dev D src S`, `local A dev D`, `unreachable P`. */
export function route(text: string, table = 'main'): Route {
  const words = text.split(' ')
  const types = ['local', 'broadcast', 'unreachable', 'prohibit', 'blackhole', 'throw'] as const
  const type = types.find((each) => each === words[0]) ?? 'unicast'
  const destination = (type === 'unicast' ? words[0] : words[1]) ?? ''
  const after = (word: string): string | null => {
    const at = words.indexOf(word)
    return at < 0 ? null : (words[at + 1] ?? null)
  }
  const family = destination.includes(':') || after('via')?.includes(':') === true ? 6 : 4
  const all = family === 4 ? '0.0.0.0/0' : '::/0'
  const dev = after('dev')
  return {
    family,
    table,
    type,
    destination:
      destination === 'default'
        ? all
        : destination.includes('/')
          ? destination
          : `${destination}/${family === 4 ? 32 : 128}`,
    preferredSource: after('src'),
    metric: Number(after('metric') ?? 0),
    scope: after('scope') ?? (after('via') === null ? 'link' : 'global'),
    nextHops:
      dev === null
        ? []
        : [{ via: after('via'), device: dev, weight: 1, onlink: false, linkDown: words.includes('linkdown') }],
    text,
  }
}

/** The routes that the kernel makes for a device's addresses. */
export function connectedRoutes(devices: readonly Interface[]): readonly Route[] {
  return devices.flatMap((each) =>
    each.addresses.flatMap((entry) => {
      const local = route(`local ${entry.address} dev ${each.name} src ${entry.address}`, 'local')
      if (each.kind === 'loopback' && entry.family === 4)
        return [route(`local 127.0.0.0/8 dev lo src 127.0.0.1`, 'local'), local]
      if (entry.prefixLength === 32 || entry.prefixLength === 128) return [local]
      const net = `${networkOf(entry)}/${entry.prefixLength}`
      return [local, route(`${net} dev ${each.name} scope link src ${entry.address}`)]
    }),
  )
}

function networkOf(entry: InterfaceAddress): string {
  if (entry.family === 6) return entry.address.replace(/[^:]*$/, '').replace(/:+$/, '::')
  const parts = entry.address.split('.').map(Number)
  const value = parts.reduce((sum, part) => sum * 256 + part, 0)
  const size = 2 ** (32 - entry.prefixLength)
  const network = Math.floor(value / size) * size
  return [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join('.')
}

/** Tables from `iptables-save` text; an empty text is a namespace without rules. */
function rules(text: string, family: 'ip' | 'ip6' = 'ip'): readonly IptablesTable[] {
  if (text.trim() === '') return []
  const parsed = parseIptablesSave(text, { family, backend: 'nft' })
  if (parsed.problems.length > 0) throw new Error(JSON.stringify(parsed.problems))
  return parsed.tables
}

/** A namespace; `routes` come on top of those that the addresses make. */
export interface NamespaceParts {
  readonly name: string
  readonly devices: readonly Interface[]
  readonly routes?: readonly string[]
  readonly rules?: string
  readonly neighbors?: readonly Neighbor[]
  readonly sockets?: readonly Socket[] | null
  readonly sysctls?: Readonly<Record<string, string>>
  readonly over?: Partial<NetNamespace>
}

export function namespace(parts: NamespaceParts): NetNamespace {
  const lo = device(1, 'lo', 'loopback', { addresses: [address('127.0.0.1/8')] })
  const interfaces = [lo, ...parts.devices]
  return {
    id: parts.name,
    name: parts.name,
    containers: parts.name.startsWith('container:') ? [parts.name.slice(10)] : [],
    interfaces,
    routes: [...connectedRoutes(interfaces), ...(parts.routes ?? []).map((text) => route(text))],
    policyRules: [],
    neighbors: parts.neighbors ?? [],
    fdb: [],
    rulesets: { iptables: rules(parts.rules ?? ''), nft: [], ipsets: [] },
    conntrack: [],
    sockets: parts.sockets === undefined ? [] : parts.sockets,
    sysctls: { 'ipv4/ip_forward': '0', 'ipv4/ip_default_ttl': '64', ...parts.sysctls },
    ...parts.over,
  }
}

export function neighbor(
  deviceName: string,
  ip: string,
  mac: string | null,
  state: Neighbor['state'] = 'reachable',
): Neighbor {
  return { family: ip.includes(':') ? 6 : 4, address: ip, device: deviceName, mac, state }
}

/** A listening socket: `tcp 0.0.0.0:80`. */
export function socket(text: string, processName: string | null = 'server', over: Partial<Socket> = {}): Socket {
  const [protocol = 'tcp', place = ''] = text.split(' ')
  const colon = place.lastIndexOf(':')
  const bound = place.slice(0, colon).replace(/[[\]]/g, '')
  return {
    protocol: protocol as Socket['protocol'],
    family: bound.includes(':') ? 6 : 4,
    address: bound,
    port: Number(place.slice(colon + 1)),
    device: null,
    ipv6Only: false,
    process: processName === null ? null : { name: processName, pid: 100 },
    proxyTo: null,
    ...over,
  }
}
