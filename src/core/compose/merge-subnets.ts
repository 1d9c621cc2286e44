import type { ComposeNode, ListNode, MapNode, Place } from './node.ts'

/** A mapping that is changed in place; the same one may stand at several places, and then all of them change. */
interface Draft {
  readonly node: MapNode
  readonly entries: Map<string, { readonly place: Place; readonly value: ComposeNode | Draft }>
}

/**
 * Merges the subnets of a network: those of the same `subnet` key by key, the others side by side. With several on both
 * sides compose 2 changes what it has put down already, so that a subnet is lost or there twice; as this is what it hands
 * to Docker, it is done here to the letter (compose-go:override/merge.go mergeIPAMConfig, measured with 2.40.3).
 */
export function mergeSubnets(base: ListNode, over: ListNode): ListNode {
  const merged: Draft[] = []
  const later = over.items.flatMap((item) => (item.kind === 'map' ? [draft(item)] : []))
  for (const item of base.items) {
    if (item.kind !== 'map') continue
    const current = draft(item)
    for (const other of later) {
      const isOther = subnetOf(other) !== subnetOf(current)
      if (isOther && !merged.some((one) => subnetOf(one) === subnetOf(other))) {
        merged.push(other)
        continue
      }
      mergeInto(current, other)
      const index = merged.findIndex((one) => subnetOf(one) === subnetOf(current))
      if (index < 0) merged.push(current)
      else merged[index] = current
    }
  }
  return { kind: 'list', place: over.place, items: merged.map(finish) }
}

function draft(node: MapNode): Draft {
  const entries: Draft['entries'] = new Map()
  for (const [key, { place, value }] of node.entries)
    entries.set(key, { place, value: value.kind === 'map' ? draft(value) : value })
  return { node, entries }
}

function finish({ node, entries }: Draft): MapNode {
  const finished = [...entries].map(([key, { place, value }]) => {
    return [key, { place, value: 'entries' in value && 'node' in value ? finish(value) : value }] as const
  })
  return { ...node, entries: new Map(finished) }
}

function subnetOf({ entries }: Draft): string | null {
  const subnet = entries.get('subnet')?.value
  return subnet !== undefined && 'kind' in subnet && subnet.kind === 'scalar' ? String(subnet.value) : null
}

function mergeInto(base: Draft, over: Draft): void {
  for (const [key, entry] of over.entries) {
    const there = base.entries.get(key)?.value
    if (there !== undefined && 'node' in there && 'node' in entry.value) mergeInto(there, entry.value)
    else base.entries.set(key, entry)
  }
}
