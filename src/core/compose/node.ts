/**
 * What a compose file says, with the place of every value: all that is said about it later (an unknown network, a bad
 * port) can name file, line and column. Nodes are never changed; merging makes new ones that share what stays.
 */

/** Where something stands. Lines and columns count from 1; 0 is the file as a whole. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What `!reset` and `!override` do to the value of an earlier file: remove it, replace it instead of merging. */
export type Edit = 'reset' | 'override'

interface NodeBase {
  readonly place: Place
  readonly edit?: Edit
}

export interface ScalarNode extends NodeBase {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
}

export interface ListNode extends NodeBase {
  readonly kind: 'list'
  readonly items: readonly ComposeNode[]
}

export interface MapNode extends NodeBase {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, MapEntry>
}

/** `place` is that of the key. */
export interface MapEntry {
  readonly place: Place
  readonly value: ComposeNode
}

export type ComposeNode = ScalarNode | ListNode | MapNode

export function scalarNode(value: ScalarNode['value'], place: Place): ScalarNode {
  return { kind: 'scalar', value, place }
}

export function mapNode(entries: ReadonlyMap<string, MapEntry>, place: Place): MapNode {
  return { kind: 'map', entries, place }
}

/** Returns the value of a key, or undefined where the node is no mapping, has no such key, or has it `!reset`. */
export function child(node: ComposeNode | undefined, key: string): ComposeNode | undefined {
  const value = node?.kind === 'map' ? node.entries.get(key)?.value : undefined
  return value?.edit === 'reset' ? undefined : value
}

export function isNull(node: ComposeNode): boolean {
  return node.kind === 'scalar' && node.value === null
}

/** Names what a node is, for a message. */
export function describeNode(node: ComposeNode): string {
  if (node.kind !== 'scalar') return node.kind === 'list' ? 'a list' : 'a mapping'
  if (node.value === null) return 'nothing'
  return typeof node.value === 'string' ? JSON.stringify(node.value.slice(0, 60)) : String(node.value)
}

/** Tells whether two nodes say the same, wherever they stand. */
export function sameNode(a: ComposeNode, b: ComposeNode): boolean {
  if (a.kind === 'scalar' && b.kind === 'scalar') return a.value === b.value
  if (a.kind === 'list' && b.kind === 'list')
    return a.items.length === b.items.length && a.items.every((item, index) => sameAt(item, b.items[index]))
  if (a.kind !== 'map' || b.kind !== 'map' || a.entries.size !== b.entries.size) return false
  return [...a.entries].every(([key, { value }]) => sameAt(value, b.entries.get(key)?.value))
}

function sameAt(a: ComposeNode, b: ComposeNode | undefined): boolean {
  return b !== undefined && sameNode(a, b)
}
