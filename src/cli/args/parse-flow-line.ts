import type { Flow } from '../../core/trace/flow.ts'
import { locateJson } from '../../core/parse/locate-json.ts'
import { checkFlow } from '../../protocol/check-flow.ts'
import { buildFlow, MEMBER_NAMES, type FlowField } from './build-flow.ts'

/** One line of a flows file: the flow, or what is wrong and at which column (counted from 1). */
export type FlowLine =
  | { readonly ok: true; readonly flow: Flow }
  | { readonly ok: false; readonly column: number; readonly problem: string }

/** Reads `{"from", "to", "protocol", "sourcePort"?, "destinationPort"?, "ttl"?, "length"?, "dontFragment"?}`. */
export function parseFlowLine(line: string): FlowLine {
  const located = locateJson(line)
  if (!located.ok) return { ok: false, column: located.offset + 1, problem: `not JSON: expected ${located.expected}` }
  const columnOf = (member: string): number => (located.members.get(member) ?? 0) + 1
  const checked = checkFlow(JSON.parse(line), 'flow')
  if (!checked.ok) {
    const { at, message } = checked.failure
    return { ok: false, column: columnOf(at?.replace(/^flow\.?/, '') ?? ''), problem: message }
  }
  const { ttl, length, dontFragment } = checked.value
  const built = buildFlow(writtenAs(checked.value), MEMBER_NAMES)
  if (!built.ok) return { ok: false, column: columnOf(memberOf(built.field)), problem: built.problem }
  const flow = {
    ...built.flow,
    ...(ttl !== undefined && { ttl }),
    ...(length !== undefined && { length }),
    ...(dontFragment !== undefined && { dontFragment }),
  }
  return { ok: true, flow }
}

/** The rules that hold between members are those of the command line, so they are judged in one place, as text. */
function writtenAs(flow: Flow) {
  return {
    from: flow.from,
    to: flow.to,
    protocol: flow.protocol,
    port: flow.destinationPort?.toString(),
    sourcePort: flow.sourcePort?.toString(),
  }
}

function memberOf(field: FlowField): string {
  return field === 'port' ? 'destinationPort' : field
}
