import type { IpSet } from '../../host/ruleset.ts'
import type { SetChange, Target } from '../../host/target.ts'
import { protocolNumber } from '../../net/protocol-number.ts'
import type { HookRun } from '../hook-run.ts'
import type { MatchInput } from '../match-input.ts'
import type { OfKind } from '../match/matcher.ts'
import { addressOf, type Column, columnsOf, findSet, markOf, setOption } from '../set-columns.ts'
import { NO_DIFF, type StatementResult } from './statement.ts'

/**
 * `-j SET --add-set NAME src`, `--del-set`: what the packet is goes into a set or is taken out of it, for the rules that ask
 * the set afterwards (linux:net/netfilter/xt_set.c set_target). The packet itself goes on as it is.
 */
export function applySet(run: HookRun, { changes }: OfKind<Target, 'set'>): StatementResult {
  for (const change of changes) {
    const set = findSet(change.name, run.input)
    run.input.memory.sets.set(change.name, set === undefined || set === null ? null : changed(set, change, run.input))
  }
  const words = changes.map(
    ({ action, name }) => `${action === 'add' ? 'puts the packet into' : 'takes it out of'} ${name}`,
  )
  const why = `This rule ${words.join(' and ')}, where later rules may look for it.`
  return { verdict: 'continue', next: 'continue', diff: NO_DIFF, why }
}

/** Returns the set after a change, null where that cannot be told: networks take the size of those that are there. */
function changed(set: IpSet, change: SetChange, input: MatchInput): IpSet | null {
  const columns = columnsOf(set)
  if (columns === null || set.type.startsWith('bitmap:') || columns.includes('net')) return null
  const isOfOther = (set.options ?? '').includes('family inet6') !== (input.packet.family === 6)
  if (columns.length > change.directions.length || isOfOther) return set
  const fields = columns.map((column, index) => fieldOf(set, column, change.directions[index] === 'src', input))
  if (fields.includes(null)) return null
  const member = fields.join(',')
  const others = set.members.filter((each) => (each.split(' ')[0] ?? '') !== member)
  if (change.action === 'delete') return { ...set, members: others }
  const isFull = set.members.length >= (setOption(set, 'maxelem') ?? 65536)
  return isFull ? null : { ...set, members: [...others, member] }
}

function fieldOf(set: IpSet, column: Column, isSource: boolean, input: MatchInput): string | null {
  const { packet } = input
  switch (column) {
    case 'ip':
      return addressOf(set, isSource, input)
    case 'port': {
      if (packet.icmp !== undefined) return `${packet.protocol}:${packet.icmp.type}/${packet.icmp.code}`
      const port = isSource ? input.sourcePort : input.destinationPort
      return protocolNumber(packet.protocol) === null ? null : `${packet.protocol}:${Math.max(0, port)}`
    }
    case 'mac':
      return isSource ? packet.sourceMac : packet.destinationMac
    case 'mark':
      return String(markOf(set, input))
    case 'net':
    case 'iface':
      return null
    default:
      return column satisfies never
  }
}
