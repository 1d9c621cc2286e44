import type { HookRun } from '../../hook-run.ts'
import { ETHERTYPE, MAC } from '../datatype.ts'
import { MISSING, type ReadResult, unknown } from '../value.ts'
import type { Selector } from './selector.ts'

/**
 * Returns `ether saddr` and its siblings: the frame that brought the packet, so a packet made here has none (nft asks for
 * `meta iiftype ether` first).
 */
export function selectEther(field: string): Selector | null {
  switch (field) {
    case 'saddr':
      return { type: MAC, read: (run) => arrived(run, run.input.packet.sourceMac) }
    case 'daddr':
      return { type: MAC, read: (run) => arrived(run, run.input.packet.destinationMac) }
    case 'type':
      return { type: ETHERTYPE, read: (run) => arrived(run, run.input.packet.family === 4 ? 0x800 : 0x86dd) }
    default:
      return null
  }
}

function arrived(run: HookRun, value: string | number | null): ReadResult {
  const { inDevice } = run.input
  if (inDevice === '' || inDevice === 'lo') return MISSING
  return value ?? unknown('the frame that brought the packet')
}
