/** The kinds of route that decide a packet's fate in different ways (`ip route` type words). */
export const ROUTE_TYPES = [
  'unicast',
  'local',
  'broadcast',
  'multicast',
  'anycast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
] as const

export type RouteType = (typeof ROUTE_TYPES)[number]

/** One way out of a route with several (`nexthop via ... dev ... weight ...`), or the single one of a usual route. */
export interface NextHop {
  readonly via: string | null
  readonly device: string | null
  readonly weight: number
  readonly onlink: boolean
  readonly linkDown: boolean
}

/** One route of one table. `destination` is a prefix in canonical text (`0.0.0.0/0`, `172.17.0.0/16`). */
export interface Route {
  readonly family: 4 | 6
  readonly table: string
  readonly type: RouteType
  readonly destination: string
  readonly preferredSource: string | null
  readonly metric: number
  readonly scope: string
  readonly nextHops: readonly NextHop[]
  readonly mtu?: number
  readonly tos?: number
  /** The route as `ip route` prints it. */
  readonly text: string
}

/** One policy rule (`ip rule`). Selectors that are null match anything. */
export interface PolicyRule {
  readonly family: 4 | 6
  readonly priority: number
  readonly not: boolean
  readonly from: string | null
  readonly to: string | null
  readonly inDevice: string | null
  readonly outDevice: string | null
  readonly mark: { readonly value: number; readonly mask: number } | null
  readonly action: 'table' | 'blackhole' | 'unreachable' | 'prohibit' | 'nop' | 'goto' | 'unknown'
  readonly table: string | null
  readonly suppressPrefixLength: number | null
  /** Selectors that were read but are not modelled (tos, uidrange, ports ...): a rule with any cannot be decided. */
  readonly unsupported: readonly string[]
  readonly text: string
}
