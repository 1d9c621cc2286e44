import type { NextHop, Route } from '../host/route.ts'
import { contains } from './compile-prefix.ts'
import { toBits } from './compile-prefix.ts'
import type { ForwardIndex } from './forward-index.ts'
import { type CompiledPolicyRule, type CompiledRoute, routesFor } from './index-routes.ts'
import { readSysctl } from './read-sysctl.ts'

/** What is known of a packet when it is routed. `source` null: not chosen yet. `inDevice` is `lo` for local packets. */
export interface RouteQuery {
  readonly family: 4 | 6
  readonly destination: string
  readonly source: string | null
  readonly inDevice: string
  readonly outDevice: string | null
  readonly mark: number
}

/**
 * Where a packet goes. `route` is null where a policy rule, not a route, decided: an unreachable rule then means net
 * unreachable, an unreachable route host unreachable (linux:net/ipv4/fib_rules.c fib4_rule_action, fib_semantics.c fib_props).
 */
export type RouteDecision =
  | { readonly kind: 'local'; readonly route: Route; readonly device: string }
  | { readonly kind: 'broadcast' | 'multicast'; readonly route: Route; readonly device: string }
  | { readonly kind: 'forward'; readonly route: Route; readonly via: string | null; readonly device: string }
  | { readonly kind: 'unreachable' | 'prohibit' | 'blackhole'; readonly route: Route | null; readonly text: string }
  | { readonly kind: 'none' }
  /** `route` where one was found whose way out cannot be told. */
  | { readonly kind: 'unknown'; readonly what: string; readonly route?: Route }

/**
 * Returns the kernel's routing decision: policy rules in order of priority, in each table the longest prefix, then the
 * lowest metric (linux:net/core/fib_rules.c fib_rules_lookup, net/ipv4/fib_trie.c fib_table_lookup). A rule with a
 * selector that is not modelled, and a route with several live ways, give `unknown`.
 */
export function lookupRoute(index: ForwardIndex, query: RouteQuery): RouteDecision {
  const destination = toBits(query.destination)
  const source = toBits(query.source ?? (query.family === 4 ? '0.0.0.0' : '::'))
  for (const compiled of index.routes.rules[query.family]) {
    const matches = matchRule(compiled, query, destination, source)
    if (!matches) continue
    const { rule } = compiled
    if (rule.unsupported.length > 0)
      return { kind: 'unknown', what: `policy rule "${rule.text}" uses ${rule.unsupported.join(', ')}` }
    switch (rule.action) {
      case 'table': {
        const decision = lookupTable(index, query, compiled, destination)
        if (decision !== null) return decision
        break
      }
      case 'blackhole':
      case 'unreachable':
      case 'prohibit':
        return { kind: rule.action, route: null, text: rule.text }
      case 'nop':
        break
      case 'goto':
      case 'unknown':
        return { kind: 'unknown', what: `policy rule "${rule.text}" is not modelled` }
      default:
        return rule.action satisfies never
    }
  }
  return { kind: 'none' }
}

function matchRule(
  compiled: CompiledPolicyRule,
  query: RouteQuery,
  destination: number | bigint,
  source: number | bigint,
): boolean {
  const { rule } = compiled
  const holds =
    (compiled.from === null || contains(compiled.from, source)) &&
    (compiled.to === null || contains(compiled.to, destination)) &&
    (rule.inDevice === null || rule.inDevice === query.inDevice) &&
    (rule.outDevice === null || rule.outDevice === query.outDevice) &&
    (rule.mark === null || (query.mark & rule.mark.mask) >>> 0 === rule.mark.value >>> 0)
  return holds !== rule.not
}

function lookupTable(
  index: ForwardIndex,
  query: RouteQuery,
  { table, rule }: CompiledPolicyRule,
  destination: number | bigint,
): RouteDecision | null {
  const suppress = rule.suppressPrefixLength
  for (const entry of routesFor(table, destination)) {
    if (!contains(entry.prefix, destination)) continue
    if (entry.route.tos !== undefined && entry.route.tos !== 0) continue
    if (entry.route.type === 'throw') return null
    const decision = decide(index, query, entry)
    if (decision === null) continue
    const suppressed = suppress !== null && entry.prefix.length <= suppress && decision.kind !== 'unknown'
    return suppressed ? null : decision
  }
  return null
}

/** Returns null where no next hop of the route can be used, so that the next route is tried. */
function decide(index: ForwardIndex, query: RouteQuery, entry: CompiledRoute): RouteDecision | null {
  const { route } = entry
  switch (route.type) {
    case 'local':
    case 'anycast':
      return query.outDevice !== null && query.outDevice !== 'lo' && !usesDevice(route, query.outDevice)
        ? null
        : { kind: 'local', route, device: route.nextHops[0]?.device ?? 'lo' }
    case 'broadcast':
    case 'multicast':
      return { kind: route.type, route, device: route.nextHops[0]?.device ?? 'lo' }
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return { kind: route.type, route, text: route.text }
    case 'unicast':
      return chooseNextHop(index, query, route)
    case 'throw':
      return null
    default:
      return route.type satisfies never
  }
}

function usesDevice(route: Route, device: string): boolean {
  return route.nextHops.some((hop) => hop.device === device)
}

function chooseNextHop(index: ForwardIndex, query: RouteQuery, route: Route): RouteDecision | null {
  const usable = route.nextHops.filter(
    (hop) => isUsable(index, hop) && (query.outDevice === null || hop.device === query.outDevice),
  )
  const [first, second] = usable
  if (first === undefined) return null
  if (second !== undefined)
    return {
      kind: 'unknown',
      what: `route "${route.text}" spreads flows over ${usable.length} next hops by a hash`,
      route,
    }
  if (first.device === null) return { kind: 'unknown', what: `route "${route.text}" names no device` }
  return { kind: 'forward', route, via: first.via, device: first.device }
}

function isUsable(index: ForwardIndex, hop: NextHop): boolean {
  if (!hop.linkDown || hop.device === null) return true
  const name = 'ignore_routes_with_linkdown'
  const ignore = Math.max(
    readSysctl(index.netns, `ipv4/conf/${hop.device}/${name}`, 0),
    readSysctl(index.netns, `ipv4/conf/all/${name}`, 0),
  )
  return ignore === 0
}
