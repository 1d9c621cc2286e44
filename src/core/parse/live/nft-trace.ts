import type { TableFamily } from '../../host/ruleset.ts'
import type { SeenRule } from '../../observe/observation.ts'
import type { Parsed, ParseProblem } from '../problem.ts'
import { readNftPacket } from './nft-packet.ts'

/** An event of `nft monitor trace` without its namespace. */
export type NftTraceEvent = Omit<SeenRule, 'netns'>

const FAMILIES: readonly TableFamily[] = ['ip', 'ip6', 'inet', 'bridge', 'arp', 'netdev']

const LINE = /^trace id ([0-9a-f]+) (\S+) (\S+) (\S+) (.*?)\s*$/

/**
 * Parses `nft -a monitor trace` of nft 1.0.6 to 1.1, in order. Rules are as nft prints them, with counters; where they
 * stand is for rule-texts.ts to find out. A line that is no event is a problem with its number; only the last line may be
 * cut. Other things that `nft monitor` tells (`# new generation`) are passed over. Never throws.
 */
export function parseNftTrace(text: string): Parsed<readonly NftTraceEvent[]> {
  const events: NftTraceEvent[] = []
  const problems: ParseProblem[] = []
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return
    const event = readLine(line)
    if (event === null) problems.push({ message: `no event of nft: ${line.slice(0, 160)}`, line: index + 1 })
    else events.push(event)
  })
  return { value: events, problems }
}

function readLine(line: string): NftTraceEvent | null {
  const match = LINE.exec(line)
  if (match === null) return null
  const [, traceId = '', familyName, table = '', chain = '', rest = ''] = match
  const family = FAMILIES.find((each) => each === familyName)
  if (family === undefined) return null
  const event = readEvent(rest)
  return event === null ? null : { traceId, family, table, chain, event }
}

const RULE = /^rule (.*?)(?: # handle (\d+))? \(verdict ([^()]*)\)$/
const UNKNOWN_RULE = /^unknown rule handle (\d+) \(verdict ([^()]*)\)$/

function readEvent(text: string): SeenRule['event'] | null {
  if (text.startsWith('packet: ')) return readNftPacket(text.slice(8))
  if (text.startsWith('conntrack: ')) return { kind: 'conntrack', text: text.slice(11) }
  const rule = RULE.exec(text)
  if (rule !== null) {
    const [, words = '', handle, verdict = ''] = rule
    return { kind: 'rule', rule: words.trim(), handle: handle === undefined ? null : Number(handle), verdict }
  }
  const unknown = UNKNOWN_RULE.exec(text)
  if (unknown !== null) return { kind: 'rule', rule: '', handle: Number(unknown[1]), verdict: unknown[2] ?? '' }
  const policy = /^policy (accept|drop)\b/.exec(text)
  if (policy !== null) return { kind: 'policy', verdict: policy[1] === 'drop' ? 'drop' : 'accept' }
  const verdict = /^verdict (.*?)(?: meta mark \S+)?$/.exec(text)
  return verdict === null ? null : { kind: 'verdict', verdict: verdict[1] ?? '' }
}
