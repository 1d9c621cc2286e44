import { partShapes } from '../host/namespace-shapes.ts'
import { type Neighbor, NEIGHBOR_STATES } from '../host/neighbor.ts'
import { mapJsonList, textOf, textsOf } from './json-value.ts'
import type { Parsed } from './problem.ts'

/** Parses `ip -j neigh show`, both families. */
export function parseIpNeigh(text: string): Parsed<readonly Neighbor[] | null> {
  return mapJsonList(
    text,
    'neighbour',
    (record) => {
      const address = textOf(record, 'dst')
      const device = textOf(record, 'dev')
      if (address === null || device === null) return null
      const words = textsOf(record, 'state').map((word) => word.toLowerCase())
      return {
        family: address.includes(':') ? 6 : 4,
        address,
        device,
        mac: textOf(record, 'lladdr'),
        state: NEIGHBOR_STATES.find((state) => words.includes(state)) ?? 'none',
      }
    },
    partShapes.neighbor,
  )
}
