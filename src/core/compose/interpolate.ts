import type { ComposeNode, MapEntry } from './node.ts'
import type { NoteBook } from './notes.ts'
import { type Lookup, substitute } from './substitute.ts'

/** Returns a node with the variables of its texts replaced; keys are left as they are, as compose does. */
export function interpolate(node: ComposeNode, lookup: Lookup, notes: NoteBook): ComposeNode {
  switch (node.kind) {
    case 'scalar': {
      if (typeof node.value !== 'string' || !node.value.includes('$')) return node
      const done = substitute(node.value, lookup)
      if (!done.ok) notes.problem(done.message, node.place)
      else
        for (const name of done.unset) notes.warn(`the variable ${name} is not set: it is taken as empty`, node.place)
      return done.ok ? { ...node, value: done.text } : node
    }
    case 'list':
      return { ...node, items: node.items.map((item) => interpolate(item, lookup, notes)) }
    case 'map': {
      const entries = new Map<string, MapEntry>()
      for (const [key, { place, value }] of node.entries)
        entries.set(key, { place, value: interpolate(value, lookup, notes) })
      return { ...node, entries }
    }
    default:
      return node satisfies never
  }
}
