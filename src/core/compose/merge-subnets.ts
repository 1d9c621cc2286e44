import { child, type ComposeNode, type ListNode, type MapEntry } from './node.ts'

/**
 * Merges the subnets of a network: those of the same `subnet` key by key, the others side by side. It is compose's own way
 * to the letter, its order and its loss of an earlier subnet included (compose-go:override/merge.go mergeIPAMConfig).
 */
export function mergeSubnets(base: ListNode, over: ListNode): ListNode {
  const merged: ComposeNode[] = []
  for (const original of base.items) {
    let current = original
    for (const later of over.items) {
      const isOther = subnetOf(later) !== subnetOf(current)
      if (isOther && !merged.some((one) => subnetOf(one) === subnetOf(later))) {
        merged.push(later)
        continue
      }
      current = mergeFlat(current, later)
      const index = merged.findIndex((one) => subnetOf(one) === subnetOf(current))
      if (index < 0) merged.push(current)
      else merged[index] = current
    }
  }
  return { kind: 'list', place: over.place, items: merged }
}

function subnetOf(node: ComposeNode): string | null {
  const subnet = child(node, 'subnet')
  return subnet?.kind === 'scalar' ? String(subnet.value) : null
}

function mergeFlat(base: ComposeNode, over: ComposeNode): ComposeNode {
  if (base.kind !== 'map' || over.kind !== 'map') return over
  return { ...base, entries: new Map<string, MapEntry>([...base.entries, ...over.entries]) }
}
