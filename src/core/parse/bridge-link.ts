import { partShapes } from '../host/namespace-shapes.ts'
import type { BridgePortSettings } from '../host/interface.ts'
import type { FdbEntry } from '../host/neighbor.ts'
import { mapJsonList, textOf, textsOf } from './json-value.ts'
import type { Parsed } from './problem.ts'

/** A device as a port of a bridge. */
export interface BridgePort {
  readonly device: string
  readonly settings: BridgePortSettings
}

const portStates: readonly BridgePortSettings['state'][] = [
  'disabled',
  'listening',
  'learning',
  'forwarding',
  'blocking',
]

/**
 * Parses `bridge -j -d link`. Its `link` field is not read: it resolves the other end's index in the wrong namespace (a
 * container's veth seems to be linked to the host's NIC).
 */
export function parseBridgeLink(text: string): Parsed<readonly BridgePort[] | null> {
  return mapJsonList(text, 'bridge port', (record) => {
    const device = textOf(record, 'ifname')
    const state = portStates.find((name) => name === textOf(record, 'state'))
    if (device === null) return null
    return {
      device,
      settings: {
        state: state ?? 'disabled',
        hairpin: record['hairpin'] === true,
        learning: record['learning'] !== false,
        flood: record['flood'] !== false,
        isolated: record['isolated'] === true,
      },
    }
  })
}

/** Parses `bridge -j fdb`. */
export function parseBridgeFdb(text: string): Parsed<readonly FdbEntry[] | null> {
  return mapJsonList(
    text,
    'forwarding entry',
    (record) => {
      const mac = textOf(record, 'mac')
      const device = textOf(record, 'ifname')
      if (mac === null || device === null) return null
      const remote = textOf(record, 'dst')
      return {
        mac,
        device,
        master: textOf(record, 'master'),
        permanent: textOf(record, 'state') === 'permanent',
        self: textsOf(record, 'flags').includes('self'),
        ...(remote === null ? {} : { remote }),
      }
    },
    partShapes.fdbEntry,
  )
}
