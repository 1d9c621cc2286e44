import { partShapes } from '../host/namespace-shapes.ts'
import { type NextHop, type Route, ROUTE_TYPES, type RouteType } from '../host/route.ts'
import { type JsonRecord, mapJsonList, numberOf, recordOf, recordsOf, textOf, textsOf } from './json-value.ts'
import type { Parsed } from './problem.ts'

/**
 * Parses `ip -j -d route show table all` of one family. A route that points at a nexthop object (`nhid`) gets its hops
 * from `nexthops`, the objects of `ip -j nexthop show`; one that is not among them is a problem.
 */
export function parseIpRoute(text: string, family: 4 | 6, nexthops: string): Parsed<readonly Route[] | null> {
  const objects = new Map<number, JsonRecord>()
  const known = mapJsonList(nexthops, 'nexthop', (record) => {
    const id = numberOf(record, 'id')
    if (id !== null) objects.set(id, record)
    return id
  })
  const routes = mapJsonList(text, 'route', (record) => toRoute(record, family, objects), partShapes.route)
  return { value: routes.value, problems: [...routes.problems, ...known.problems] }
}

function toRoute(record: JsonRecord, family: 4 | 6, objects: ReadonlyMap<number, JsonRecord>): Route | null {
  const destination = textOf(record, 'dst')
  const type = ROUTE_TYPES.find((name) => name === (textOf(record, 'type') ?? 'unicast'))
  const nextHops = hopsOf(record, objects)
  if (destination === null || type === undefined || nextHops === null) return null
  // `table all` without a family lists both: a caller's mistake that must not turn into wrong prefixes.
  if (destination.includes(':') && family === 4) return null
  const metrics = recordsOf(record, 'metrics')[0] ?? {}
  const mtu = numberOf(metrics, 'mtu')
  const tos = textOf(record, 'tos')
  return {
    family,
    table: textOf(record, 'table') ?? 'main',
    type,
    destination: prefixOf(destination, family),
    preferredSource: textOf(record, 'prefsrc'),
    metric: numberOf(record, 'metric') ?? 0,
    scope: textOf(record, 'scope') ?? 'global',
    nextHops,
    ...(mtu === null ? {} : { mtu }),
    ...(tos === null || Number.isNaN(Number(tos)) ? {} : { tos: Number(tos) }),
    text: textOfRoute(record, type),
  }
}

function hopsOf(record: JsonRecord, objects: ReadonlyMap<number, JsonRecord>): readonly NextHop[] | null {
  const several = recordsOf(record, 'nexthops')
  if (several.length > 0) return several.map(toHop)
  const device = textOf(record, 'dev')
  const id = numberOf(record, 'nhid')
  if (id !== null && device === null) return hopsOfObject(id, objects)
  return device === null && gatewayOf(record) === null ? [] : [toHop(record)]
}

function hopsOfObject(id: number, objects: ReadonlyMap<number, JsonRecord>): readonly NextHop[] | null {
  const object = objects.get(id)
  if (object === undefined) return null
  const group = recordsOf(object, 'group')
  if (group.length === 0) return object['blackhole'] === undefined ? [toHop(object)] : []
  const members = group.map((member) => ({ member, hop: objects.get(numberOf(member, 'id') ?? -1) }))
  if (members.some(({ hop }) => hop === undefined)) return null
  return members.map(({ member, hop }) => ({ ...toHop(hop ?? {}), weight: numberOf(member, 'weight') ?? 1 }))
}

function toHop(record: JsonRecord): NextHop {
  const flags = textsOf(record, 'flags')
  return {
    via: gatewayOf(record),
    device: textOf(record, 'dev'),
    weight: numberOf(record, 'weight') ?? 1,
    onlink: flags.includes('onlink'),
    linkDown: flags.includes('linkdown') || flags.includes('dead'),
  }
}

/** `via` is for a next hop of the other family (RFC 5549). */
function gatewayOf(record: JsonRecord): string | null {
  return textOf(record, 'gateway') ?? textOf(recordOf(record, 'via'), 'host')
}

function prefixOf(destination: string, family: 4 | 6): string {
  if (destination === 'default') return family === 4 ? '0.0.0.0/0' : '::/0'
  return destination.includes('/') ? destination : `${destination}/${family === 4 ? 32 : 128}`
}

/** Puts the route in the words of `ip route`, which cannot be had in the same call as its JSON. */
function textOfRoute(record: JsonRecord, type: RouteType): string {
  const table = textOf(record, 'table')
  const metric = numberOf(record, 'metric')
  const pair = (word: string, value: string | number | null): string[] => (value === null ? [] : [`${word} ${value}`])
  const words = [
    ...(type === 'unicast' ? [] : [type]),
    textOf(record, 'dst') ?? '',
    ...pair('via', gatewayOf(record)),
    ...pair('dev', textOf(record, 'dev')),
    ...pair('table', table === 'main' ? null : table),
    ...pair('proto', textOf(record, 'protocol')),
    ...pair('scope', textOf(record, 'scope') === 'global' ? null : textOf(record, 'scope')),
    ...pair('src', textOf(record, 'prefsrc')),
    ...pair('metric', metric === 0 ? null : metric),
    ...textsOf(record, 'flags'),
  ]
  const hops = recordsOf(record, 'nexthops').map(
    (hop) =>
      `nexthop via ${gatewayOf(hop) ?? '-'} dev ${textOf(hop, 'dev') ?? '-'} weight ${numberOf(hop, 'weight') ?? 1}`,
  )
  return [...words, ...hops].join(' ')
}
