import type { Target } from '../../host/target.ts'
import type { HookRun } from '../hook-run.ts'
import type { OfKind } from '../match/matcher.ts'
import { cannotTell, NO_DIFF, type StatementResult } from './statement.ts'

type MarkTarget = OfKind<Target, 'mark' | 'connmark'>

/** `-j MARK --set-xmark 0x1/0xff`: the mark travels beside the packet and only inside this namespace. */
export function applyMark(run: HookRun, target: MarkTarget): StatementResult {
  const after = combine(run.input.mark, target)
  if (after === null) return cannotTell('mark', `MARK cannot ${target.operation}`)
  const before = run.input.mark
  run.input.mark = after
  const diff = before === after ? NO_DIFF : [{ field: 'skb.mark', before: hex(before), after: hex(after) }]
  const why = `This rule marks the packet with ${hex(after)}, for routing rules and other chains of this host to see.`
  return { verdict: 'mark', next: 'continue', diff, why }
}

/** Returns a mark after an operation of MARK or CONNMARK (linux:net/netfilter/xt_mark.c, xt_connmark.c). */
export function combine(mark: number, { operation, value, mask }: MarkTarget): number | null {
  switch (operation) {
    case 'set':
      return ((mark & ~mask) | value) >>> 0
    case 'xset':
      return ((mark & ~mask) ^ value) >>> 0
    case 'and':
      return (mark & value) >>> 0
    case 'or':
      return (mark | value) >>> 0
    case 'xor':
      return (mark ^ value) >>> 0
    case 'save':
    case 'restore':
      return null
  }
}

/** Writes a mark as iptables does. */
export function hex(mark: number): string {
  return `0x${mark.toString(16)}`
}
