import type { NftExpression } from '../../../host/nft.ts'
import { type HookRun, replacePacket } from '../../hook-run.ts'
import { applyCtZone } from '../../statement/ct-zone.ts'
import { hex } from '../../statement/mark.ts'
import { cannotTell, NO_DIFF, type StatementResult } from '../../statement/statement.ts'
import { DSCP, NUMBER } from '../datatype.ts'
import { compileExpression, describeExpression } from '../expression/compile-expression.ts'
import type { SetScope } from '../set.ts'
import { isUnknown, MISSING } from '../value.ts'
import { FAILS, type CompiledStatement } from './taken.ts'

/**
 * `meta mark set 0x1`, `ct mark set meta mark`, `ct zone set 1`, `ip ttl set 64`, `ip dscp set cs1`. Anything else that can be
 * set (an address, the zone of one direction) is not evaluated.
 */
export function compileAssign(key: NftExpression, value: NftExpression, scope: SetScope): CompiledStatement {
  const name = describeExpression(key)
  const read = compileExpression(value, name.endsWith('dscp') ? DSCP : NUMBER, scope).read
  const take: CompiledStatement['take'] = (run) => {
    const wanted = read(run)
    if (wanted === MISSING) return FAILS
    if (isUnknown(wanted)) return { kind: 'effect', result: cannotTell('mark', `${wanted.unknown} is not evaluated`) }
    return { kind: 'effect', result: assign(run, name, wanted) }
  }
  return { reads: false, take }
}

function assign(run: HookRun, name: string, value: number | bigint | string): StatementResult {
  if (typeof value !== 'number') return cannotTell('mark', `"${name} set" is not evaluated`)
  switch (name) {
    case 'meta mark':
      return setMark(run, value)
    case 'ct mark':
      return setConnectionMark(run, value)
    case 'ct zone':
      return applyCtZone(run, value & 0xffff)
    case 'ip ttl':
    case 'ip6 hoplimit':
      return change(run, { ttl: value & 255 }, `sets the packet's time to live to ${value & 255}`)
    case 'ip dscp':
    case 'ip6 dscp': {
      const tos = ((value & 63) << 2) | ((run.input.packet.tos ?? 0) & 3)
      return change(run, { tos }, `sets the packet's service class to ${tos}`)
    }
    default:
      return cannotTell('mark', `"${name} set" is not evaluated`)
  }
}

function change(run: HookRun, fields: { readonly ttl?: number; readonly tos?: number }, what: string): StatementResult {
  const diff = replacePacket(run, { ...run.input.packet, ...fields })
  return { verdict: 'continue', next: 'continue', diff, why: `This rule ${what}.` }
}

function setMark(run: HookRun, value: number): StatementResult {
  const before = run.input.mark
  const after = value >>> 0
  run.input.mark = after
  const diff = before === after ? NO_DIFF : [{ field: 'skb.mark', before: hex(before), after: hex(after) }]
  const why = `This rule marks the packet with ${hex(after)}, for routing rules and other chains of this host to see.`
  return { verdict: 'mark', next: 'continue', diff, why }
}

function setConnectionMark(run: HookRun, value: number): StatementResult {
  const connection = run.input.conntrack?.connection ?? null
  const base = { verdict: 'mark', next: 'continue' } as const
  if (connection === null) return { ...base, diff: NO_DIFF, why: 'The packet has no connection to mark.' }
  const before = connection.mark
  connection.mark = value >>> 0
  const diff =
    before === connection.mark ? NO_DIFF : [{ field: 'ct.mark', before: hex(before), after: hex(connection.mark) }]
  return { ...base, diff, why: `This rule marks the connection with ${hex(connection.mark)} for its later packets.` }
}
