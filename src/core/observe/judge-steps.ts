import { diffPackets } from '../net/diff-packet.ts'
import type { FieldDiff, Packet } from '../net/packet.ts'
import type { RuleVerdict, Step } from '../trace/step.ts'
import { FROM_RULES } from './hop-draft.ts'
import type { ChainVisit, JudgedEvent } from './seen-packet.ts'

/**
 * Returns the steps of what one base chain did: its rules that matched, its policy. `after` is the packet as it was seen next,
 * which tells what the rule that decided has translated; null where it was not seen again.
 */
export function judgeSteps(visit: ChainVisit, after: Packet | null): readonly Step[] {
  const last = visit.events.length - 1
  return visit.events.map((event, index) => stepOf(visit, event, index === last ? after : null))
}

function stepOf(
  { family, table, hook, packet }: ChainVisit,
  { chain, event }: JudgedEvent,
  after: Packet | null,
): Step {
  const place = { family, table, chain, hook } as const
  const common = { triedBefore: 0, evidence: FROM_RULES, ...place } as const
  if (event.kind === 'policy') {
    const why = `The rule trace of the kernel tells that the policy of ${chain} decides: ${event.verdict}.`
    return { kind: 'policy', verdict: event.verdict, diff: [], why, ...common }
  }
  const { verdict, target } = readVerdict(event.rule, event.verdict)
  const diff = after !== null && TRANSLATES.includes(verdict) ? translation(packet, after) : []
  const why = `The rule trace of the kernel tells that this rule matched: ${event.verdict}.`
  return { kind: 'rule', rule: event.rule, verdict, target, diff, why, ...common }
}

const TRANSLATES: readonly RuleVerdict[] = ['dnat', 'snat', 'masquerade', 'redirect', 'netmap']

const ADDRESSING = /^(ip|ipv6)\.(src|dst)$|^(tcp|udp|sctp)\.(src|dst)port$|^icmp(v6\.echo)?\.ident/

function translation(before: Packet, after: Packet): readonly FieldDiff[] {
  return diffPackets(before, after).filter(({ field }) => ADDRESSING.test(field))
}

/** What iptables' targets and nft's statements do, where the kernel's trace says `accept` or `continue` of them. */
const WORDS: readonly (readonly [RegExp, RuleVerdict])[] = [
  [/ -j REJECT\b|^reject\b| reject\b/, 'reject'],
  [/ -j MASQUERADE\b|\bmasquerade\b/, 'masquerade'],
  [/ -j DNAT\b|\bdnat (ip6? )?(to|prefix)\b/, 'dnat'],
  [/ -j SNAT\b|\bsnat (ip6? )?(to|prefix)\b/, 'snat'],
  [/ -j REDIRECT\b|\bredirect\b/, 'redirect'],
  [/ -j NETMAP\b/, 'netmap'],
  [/ -j (MARK|CONNMARK)\b|\b(meta|ct) mark set\b/, 'mark'],
  [/ -j CT\b.* --notrack\b| -j NOTRACK\b|\bnotrack\b/, 'notrack'],
]

const OF_VERDICT: Readonly<Record<string, readonly RuleVerdict[]>> = {
  accept: ['masquerade', 'dnat', 'snat', 'redirect', 'netmap'],
  drop: ['reject'],
  continue: ['mark', 'notrack'],
  stolen: ['reject'],
}

/** Returns what a rule did in the words of steps: the trace of the kernel says `drop` of REJECT and `accept` of NAT. */
function readVerdict(rule: string, traced: string): { readonly verdict: RuleVerdict; readonly target: string } {
  const jump = /^(jump|goto) (\S+)/.exec(traced)
  if (jump !== null) return { verdict: jump[1] === 'goto' ? 'goto' : 'jump', target: jump[2] ?? '' }
  const at = Math.max(rule.lastIndexOf(' -j '), rule.lastIndexOf(' -g '))
  const target = rule.startsWith('-A ') && at >= 0 ? rule.slice(at + 4) : ''
  const special = OF_VERDICT[traced] ?? []
  const found = WORDS.find(([pattern, verdict]) => special.includes(verdict) && pattern.test(rule))
  if (found !== undefined) return { verdict: found[1], target }
  switch (traced) {
    case 'accept':
    case 'drop':
    case 'return':
    case 'continue':
      return { verdict: traced, target }
    default:
      return { verdict: traced.startsWith('queue') ? 'queue' : traced === 'stolen' ? 'drop' : 'continue', target }
  }
}
