import { type ComposeNode, isNull, type MapEntry, type MapNode, mapNode, type Place, scalarNode } from './node.ts'
import type { NoteBook } from './notes.ts'
import { mergeSubnets } from './merge-subnets.ts'

/** How two values of one key become one, where it is not by kind (compose-go:override/merge.go). */
type Rule = 'replace' | 'sequence' | 'names' | 'dependencies' | 'hosts' | 'subnets'

const RULES: readonly (readonly [string, Rule])[] = [
  ['networks.*.ipam.config', 'subnets'],
  ['networks.*.labels', 'sequence'],
  ['services.*.annotations', 'sequence'],
  ['services.*.build', 'replace'],
  ['services.*.command', 'replace'],
  ['services.*.depends_on', 'dependencies'],
  ['services.*.deploy.labels', 'sequence'],
  ['services.*.dns', 'sequence'],
  ['services.*.dns_opt', 'sequence'],
  ['services.*.dns_search', 'sequence'],
  ['services.*.entrypoint', 'replace'],
  ['services.*.env_file', 'sequence'],
  ['services.*.label_file', 'sequence'],
  ['services.*.environment', 'sequence'],
  ['services.*.extra_hosts', 'hosts'],
  ['services.*.healthcheck.test', 'replace'],
  ['services.*.labels', 'sequence'],
  ['services.*.logging', 'replace'],
  ['services.*.models', 'names'],
  ['services.*.networks', 'names'],
  ['services.*.sysctls', 'sequence'],
  ['services.*.tmpfs', 'sequence'],
  ['services.*.ulimits.*', 'replace'],
]

function ruleOf(path: readonly string[]): Rule | null {
  const found = RULES.find(([pattern]) => {
    const parts = pattern.split('.')
    return parts.length === path.length && parts.every((part, index) => part === '*' || part === path[index])
  })
  return found?.[1] ?? null
}

/** Returns what a later value (`over`) makes of an earlier one. Values that cannot be merged are a problem of the notes. */
export function mergeNodes(
  base: ComposeNode,
  over: ComposeNode,
  path: readonly string[],
  notes: NoteBook,
): ComposeNode {
  if (over.edit !== undefined || base.edit === 'reset') return over
  const rule = ruleOf(path)
  if (rule !== null) return mergeByRule(rule, base, over, path, notes)
  if (isNull(over)) return base
  if (base.kind === 'scalar') return over
  if (base.kind === 'map' && over.kind === 'map') return mergeMaps(base, over, path, notes)
  if (base.kind === 'list' && over.kind === 'list') return { ...over, items: [...base.items, ...over.items] }
  const kind = base.kind === 'map' ? 'mapping' : 'list'
  notes.problem(
    `${path.join('.')} is a ${kind} in ${base.place.file}:${base.place.line} and something else here`,
    over.place,
  )
  return base
}

/** Merges two mappings key by key; keys keep the order in which they came first. */
export function mergeMaps(base: MapNode, over: MapNode, path: readonly string[], notes: NoteBook): MapNode {
  const entries = new Map<string, MapEntry>(base.entries)
  for (const [key, entry] of over.entries) {
    const earlier = entries.get(key)
    const value = earlier === undefined ? entry.value : mergeNodes(earlier.value, entry.value, [...path, key], notes)
    entries.set(key, { place: entry.place, value })
  }
  return { ...base, entries }
}

function mergeByRule(
  rule: Rule,
  base: ComposeNode,
  over: ComposeNode,
  path: readonly string[],
  notes: NoteBook,
): ComposeNode {
  switch (rule) {
    case 'replace':
      return over
    case 'names':
      return mergeMaps(toNames(base, nothing), toNames(over, nothing), path, notes)
    case 'dependencies':
      return mergeMaps(toNames(base, started), toNames(over, started), path, notes)
    case 'sequence':
      return { kind: 'list', place: over.place, items: [...toSequence(base), ...toSequence(over)] }
    case 'hosts': {
      const earlier = toSequence(base)
      const texts = new Set(earlier.map(textOf))
      const items = [...earlier, ...toSequence(over).filter((item) => !texts.has(textOf(item)))]
      return { kind: 'list', place: over.place, items }
    }
    case 'subnets':
      if (base.kind === 'list' && over.kind === 'list') return mergeSubnets(base, over)
      return over
    default:
      return rule satisfies never
  }
}

function textOf(node: ComposeNode): string {
  return node.kind === 'scalar' ? String(node.value) : ''
}

const nothing = (place: Place): ComposeNode => scalarNode(null, place)

/** A name alone in `depends_on` is this, so a later list takes a condition back. */
const started = (place: Place): ComposeNode =>
  mapNode(new Map([['condition', { place, value: scalarNode('service_started', place) }]]), place)

/** `[a, b]` as `{a: , b: }`. */
function toNames(node: ComposeNode, valueOf: (place: Place) => ComposeNode): MapNode {
  if (node.kind === 'map') return node
  const names = node.kind === 'list' ? node.items : []
  return mapNode(
    new Map(names.map((name) => [textOf(name), { place: name.place, value: valueOf(name.place) }])),
    node.place,
  )
}

/** `{A: 1, B: }` as `[A=1, B]`, in the order of the texts. */
function toSequence(node: ComposeNode): readonly ComposeNode[] {
  if (node.kind === 'list') return node.items
  if (node.kind === 'scalar') return typeof node.value === 'string' ? [node] : []
  const items = [...node.entries].flatMap(([key, { place, value }]) => assign(key, value, place))
  return items.sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1))
}

function assign(key: string, value: ComposeNode, place: Place): readonly ComposeNode[] {
  if (value.edit === 'reset') return []
  if (isNull(value)) return [scalarNode(key, place)]
  if (value.kind === 'list') return value.items.map((item) => scalarNode(`${key}=${textOf(item)}`, item.place))
  return [scalarNode(`${key}=${textOf(value)}`, place)]
}
