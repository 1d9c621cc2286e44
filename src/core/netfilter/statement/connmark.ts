import type { Target } from '../../host/target.ts'
import type { Connection } from '../conntrack.ts'
import type { HookRun } from '../hook-run.ts'
import type { OfKind } from '../match/matcher.ts'
import { combine, hex } from './mark.ts'
import { type StatementResult, NO_DIFF } from './statement.ts'

type MarkTarget = OfKind<Target, 'mark' | 'connmark'>

/** `-j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff00 --left-shift-mark 8`: the mark of the whole connection (xt_connmark.c). */
export function applyConnmark(run: HookRun, target: MarkTarget): StatementResult {
  const connection = run.input.conntrack?.connection ?? null
  const base = { verdict: 'mark', next: 'continue' } as const
  if (connection === null) return { ...base, diff: NO_DIFF, why: 'The packet has no connection to mark.' }
  if (target.operation === 'restore') return { ...base, ...restore(run, connection, target) }
  const before = connection.mark
  connection.mark =
    target.operation === 'save'
      ? saved(run, connection, target)
      : shifted(combine(before, target) ?? before, target.shift)
  const diff =
    before === connection.mark ? NO_DIFF : [{ field: 'ct.mark', before: hex(before), after: hex(connection.mark) }]
  return { ...base, diff, why: `This rule marks the connection with ${hex(connection.mark)} for its later packets.` }
}

function saved(run: HookRun, connection: Connection, { mask, ctMask, shift }: MarkTarget): number {
  const taken = shifted((run.input.mark & mask) >>> 0, shift)
  return ((connection.mark & ~(ctMask ?? mask)) ^ taken) >>> 0
}

function restore(run: HookRun, connection: Connection, target: MarkTarget): Pick<StatementResult, 'diff' | 'why'> {
  const { mask, ctMask, shift } = target
  const before = run.input.mark
  const taken = shifted((connection.mark & (ctMask ?? mask)) >>> 0, shift)
  const after = ((before & ~mask) ^ taken) >>> 0
  run.input.mark = after
  const diff = before === after ? NO_DIFF : [{ field: 'skb.mark', before: hex(before), after: hex(after) }]
  return { diff, why: `This rule gives the packet its connection's mark ${hex(after)}.` }
}

function shifted(mark: number, shift = 0): number {
  return (shift >= 0 ? mark << shift : mark >>> -shift) >>> 0
}
