import type { Target } from '../../host/target.ts'
import type { Connection } from '../conntrack.ts'
import type { HookRun } from '../hook-run.ts'
import type { OfKind } from '../match/matcher.ts'
import { combine, hex } from './mark.ts'
import { type StatementResult, NO_DIFF } from './statement.ts'

type MarkTarget = OfKind<Target, 'mark' | 'connmark'>

/** `-j CONNMARK --save-mark`, `--restore-mark`, `--set-xmark`: the mark of the whole connection. */
export function applyConnmark(run: HookRun, target: MarkTarget): StatementResult {
  const connection = run.input.conntrack?.connection ?? null
  const base = { verdict: 'mark', next: 'continue' } as const
  if (connection === null) return { ...base, diff: NO_DIFF, why: 'The packet has no connection to mark.' }
  if (target.operation === 'restore') return { ...base, ...restore(run, connection, target) }
  const before = connection.mark
  connection.mark = target.operation === 'save' ? saved(run, connection, target) : (combine(before, target) ?? before)
  const diff =
    before === connection.mark ? NO_DIFF : [{ field: 'ct.mark', before: hex(before), after: hex(connection.mark) }]
  return { ...base, diff, why: `This rule marks the connection with ${hex(connection.mark)} for its later packets.` }
}

function saved(run: HookRun, connection: Connection, { mask }: MarkTarget): number {
  return ((connection.mark & ~mask) ^ (run.input.mark & mask)) >>> 0
}

function restore(run: HookRun, connection: Connection, { mask }: MarkTarget): Pick<StatementResult, 'diff' | 'why'> {
  const before = run.input.mark
  const after = ((before & ~mask) ^ (connection.mark & mask)) >>> 0
  run.input.mark = after
  const diff = before === after ? NO_DIFF : [{ field: 'skb.mark', before: hex(before), after: hex(after) }]
  return { diff, why: `This rule gives the packet its connection's mark ${hex(after)}.` }
}
