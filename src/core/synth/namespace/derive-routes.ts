import type { Interface, InterfaceAddress } from '../../host/interface.ts'
import type { Route } from '../../host/route.ts'
import { formatRange, formatValue, toRange } from '../address/ip-range.ts'

/** A route that somebody added: `to` is a prefix or `default`. */
export interface AddedRoute {
  readonly family: 4 | 6
  readonly to: string
  readonly via: string | null
  readonly device: string
  readonly metric?: number
  readonly linkDown?: boolean
}

interface RouteSpec {
  readonly family: 4 | 6
  readonly table?: 'main' | 'local'
  readonly type?: Route['type']
  readonly to: string
  readonly via?: string | null
  readonly device: string
  readonly protocol: 'kernel' | 'boot'
  readonly scope?: string
  readonly source?: string | null
  readonly metric?: number
  readonly linkDown?: boolean
}

/** Returns a route with the text that `ip route` prints for it. */
function makeRoute(spec: RouteSpec): Route {
  const { family, table = 'main', type = 'unicast', to, via = null, device, protocol, source = null, metric = 0 } = spec
  const scope = spec.scope ?? 'global'
  const whole = to === 'default' ? (family === 4 ? '0.0.0.0/0' : '::/0') : to
  const linkDown = spec.linkDown ?? false
  const words = [
    ...(type === 'unicast' ? [] : [type]),
    to.replace(family === 4 ? /\/32$/ : /\/128$/, ''),
    ...(via === null ? [] : ['via', via]),
    'dev',
    device,
    ...(table === 'main' ? [] : ['table', table]),
    'proto',
    protocol,
    ...(scope === 'global' ? [] : ['scope', scope]),
    ...(source === null ? [] : ['src', source]),
    ...(metric === 0 ? [] : ['metric', String(metric)]),
    ...(linkDown ? ['linkdown'] : []),
  ]
  const nextHops = [{ via, device, weight: 1, onlink: false, linkDown }]
  const text = words.join(' ')
  return { family, table, type, destination: whole, preferredSource: source, metric, scope, nextHops, text }
}

/**
 * Returns the routes that the kernel makes of a namespace's addresses, and those that were added. Where it forwards IPv6,
 * it answers for the first address of each subnet as well (linux:net/ipv6/addrconf.c addrconf_join_anycast).
 */
export function deriveRoutes(
  devices: readonly Interface[],
  added: readonly AddedRoute[],
  forwardsSix = false,
): readonly Route[] {
  const own = devices.flatMap((device) => device.addresses.flatMap((address) => routesOf(device, address)))
  const multicast = devices
    .filter((device) => device.kind !== 'loopback' && hasMulticast(device))
    .map(({ name, carrier }) =>
      makeRoute({
        family: 6,
        table: 'local',
        type: 'multicast',
        to: 'ff00::/8',
        device: name,
        protocol: 'kernel',
        metric: 256,
        linkDown: !carrier,
      }),
    )
  const written = added.map((route) =>
    makeRoute({ ...route, protocol: 'boot', metric: route.metric ?? (route.family === 6 ? 1024 : 0) }),
  )
  // Two addresses of one subnet on a device share its route.
  const all = [...written, ...own, ...(forwardsSix ? devices.flatMap(anycastOf) : []), ...multicast]
  const once = all.filter(({ text }, index) => all.findIndex((other) => other.text === text) === index)
  return [4, 6].flatMap((family) =>
    ['main', 'local'].flatMap((table) => once.filter((route) => route.family === family && route.table === table)),
  )
}

/** A bridge gets it with its first port, as its own address of the link (linux:net/ipv6/addrconf.c addrconf_notify). */
function hasMulticast({ addresses, carrier }: Interface): boolean {
  const six = addresses.filter(({ family }) => family === 6)
  return carrier ? six.length > 0 : six.some(({ scope, address }) => scope === 'link' && address !== 'fe80::1')
}

function routesOf(device: Interface, address: InterfaceAddress): readonly Route[] {
  return address.family === 4 ? routesOfFour(device, address) : routesOfSix(device, address)
}

/** linux:net/ipv4/fib_frontend.c fib_add_ifaddr. */
function routesOfFour(device: Interface, { address, prefixLength }: InterfaceAddress): readonly Route[] {
  const common = {
    family: 4,
    device: device.name,
    protocol: 'kernel',
    source: address,
    linkDown: !device.carrier,
  } as const
  const own = { ...common, table: 'local', type: 'local', scope: 'host', linkDown: false } as const
  const range = toRange(`${address}/${prefixLength}`)
  const single = makeRoute({ ...own, to: `${address}/32` })
  if (prefixLength === 32) return [single]
  const subnet = formatRange(range)
  if (device.kind === 'loopback') {
    const last = makeRoute({
      ...common,
      table: 'local',
      type: 'broadcast',
      to: `${formatValue(4, range.last)}/32`,
      scope: 'link',
    })
    return [makeRoute({ ...own, to: subnet }), single, last]
  }
  const connected = makeRoute({ ...common, to: subnet, scope: 'link' })
  if (prefixLength === 31) return [connected, single]
  const last = makeRoute({
    ...common,
    table: 'local',
    type: 'broadcast',
    to: `${formatValue(4, range.last)}/32`,
    scope: 'link',
  })
  return [connected, single, last]
}

/** linux:net/ipv6/addrconf.c. Where the host forwards, there is an anycast address for the subnet's first one as well. */
function routesOfSix(device: Interface, { address, prefixLength }: InterfaceAddress): readonly Route[] {
  const common = { family: 6, device: device.name, protocol: 'kernel' } as const
  const linkDown = !device.carrier
  const local = makeRoute({ ...common, table: 'local', type: 'local', to: `${address}/128` })
  if (device.kind === 'loopback') return [local]
  const subnet = formatRange(toRange(`${address}/${prefixLength}`))
  return [makeRoute({ ...common, to: subnet, metric: 256, linkDown }), local]
}

function anycastOf({ name, kind, addresses }: Interface): readonly Route[] {
  if (kind === 'loopback') return []
  const subnets = addresses
    .filter(({ family, prefixLength }) => family === 6 && prefixLength < 127)
    .map(({ address, prefixLength }) => formatValue(6, toRange(`${address}/${prefixLength}`).first))
  return [...new Set(subnets)].map((first) =>
    makeRoute({ family: 6, table: 'local', type: 'anycast', to: `${first}/128`, device: name, protocol: 'kernel' }),
  )
}
