/**
 * The iptables rules that really matched: those whose counters rose.
 */
import { run } from './run-command.ts'

export interface RuleHit {
  readonly family: 'ip' | 'ip6'
  readonly table: string
  readonly chain: string
  /** The rule's line in iptables-save, without its counters. */
  readonly rule: string
  readonly times: number
  readonly bytes: number
}

export interface PolicyHit extends Omit<RuleHit, 'rule'> {
  readonly policy: string
}

export interface Rose<T> {
  readonly value: T
  /** In the order of iptables-save: table by table, chain by chain, rule by rule. */
  readonly rules: RuleHit[]
  /**
   * Chains whose end was reached, as far as the kernel counts them: chains that iptables 1.8.9 made (all of engine 20), and
   * those whose policy dockerd has set, have no counter. What is not here may have been reached all the same.
   */
  readonly policies: PolicyHit[]
}

interface Counted {
  readonly family: 'ip' | 'ip6'
  readonly table: string
  readonly chain: string
  readonly rule: string | undefined
  readonly policy: string | undefined
  readonly packets: number
  readonly bytes: number
}

/**
 * Runs `fn` and gives the rules and policies whose counters rose meanwhile in a namespace. A rule that is there twice, word
 * for word, counts twice; a rule made meanwhile counts from nothing. Multicast that a device sends when it comes up counts
 * as well, so wait until the scene is quiet.
 */
export async function countersRose<T>(netns: string, fn: () => Promise<T>): Promise<Rose<T>> {
  const before = byKey(await readCounters(netns))
  const value = await fn()
  const after = byKey(await readCounters(netns))
  const rules: RuleHit[] = []
  const policies: PolicyHit[] = []
  for (const [key, now] of after) {
    const earlier = before.get(key)
    const times = now.packets - (earlier?.packets ?? 0)
    if (times === 0) continue
    const { family, table, chain, rule, policy } = now
    const hit = { family, table, chain, times, bytes: now.bytes - (earlier?.bytes ?? 0) }
    if (rule !== undefined) rules.push({ ...hit, rule })
    else if (policy !== undefined) policies.push({ ...hit, policy })
  }
  return { value, rules, policies }
}

async function readCounters(netns: string): Promise<Counted[]> {
  const save = (program: string): Promise<string> => run(['nsenter', `--net=${netns}`, program, '-c'])
  const [ip, ip6] = await Promise.all([save('iptables-save'), save('ip6tables-save')])
  return [...parseSave('ip', ip), ...parseSave('ip6', ip6)]
}

/** Lines: `*TABLE`, `:CHAIN POLICY [packets:bytes]` (policy `-` for a user's chain), `[packets:bytes] -A CHAIN ...`. */
function parseSave(family: 'ip' | 'ip6', text: string): Counted[] {
  const counted: Counted[] = []
  let table = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1)
    const policy = /^:(\S+) ([A-Z]+) \[(\d+):(\d+)\]$/.exec(line)
    if (policy !== null) {
      const [, chain = '', verdict, packets, bytes] = policy
      counted.push({
        family,
        table,
        chain,
        rule: undefined,
        policy: verdict,
        packets: Number(packets),
        bytes: Number(bytes),
      })
    }
    const rule = /^\[(\d+):(\d+)\] (-A (\S+).*)$/.exec(line)
    if (rule !== null) {
      const [, packets, bytes, text, chain = ''] = rule
      counted.push({
        family,
        table,
        chain,
        rule: text,
        policy: undefined,
        packets: Number(packets),
        bytes: Number(bytes),
      })
    }
  }
  return counted
}

/** Rules have no name: the n-th of several that read alike is told by its n. */
function byKey(counted: readonly Counted[]): Map<string, Counted> {
  const seen = new Map<string, number>()
  const result = new Map<string, Counted>()
  for (const one of counted) {
    const text = `${one.family} ${one.table} ${one.rule ?? `policy ${one.chain}`}`
    const nth = seen.get(text) ?? 0
    seen.set(text, nth + 1)
    result.set(`${text} #${nth}`, one)
  }
  return result
}
