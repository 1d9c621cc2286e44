import type { HookRun } from '../../hook-run.ts'
import { CT_STATUS } from '../datatype.ts'
import { MISSING, type ReadResult, unknown } from '../value.ts'
import type { Selector } from './selector.ts'

/**
 * Returns `ct status`. Of its bits only some are known (that of `assured` depends on what has passed, others are never
 * printed), so that it can be asked for single bits and not be compared as a whole.
 */
export function selectCtStatus(): Selector {
  return { type: CT_STATUS, read: (run) => (run.input.conntrack?.connection ? unknown('all of ct status') : MISSING) }
}

const ASSURED = 4

/** Tells whether the connection has one of some status bits; unknown where that hangs on one that is not known. */
export function hasStatusBit(run: HookRun, wanted: number): boolean | ReadResult {
  const connection = run.input.conntrack?.connection ?? null
  if (connection === null) return MISSING
  const bits =
    (connection.seenReply ? 2 : 0) |
    (connection.confirmed ? 8 : 0) |
    (connection.sourceNat ? 16 : 0) |
    (connection.destinationNat ? 32 : 0)
  if ((bits & wanted) !== 0) return true
  return (wanted & ASSURED) === 0 ? false : unknown('whether ct status is assured')
}
