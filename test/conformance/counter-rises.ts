import type { TruthRule } from './truth.ts'

interface Counted {
  readonly table: string
  readonly chain: string
  readonly rule: string
  readonly packets: number
}

/** Returns the rules whose counters rose between two prints of `iptables-save -c`; throws when the rules themselves changed. */
export function countRises(netns: string, family: 'ip' | 'ip6', before: string, after: string): TruthRule[] {
  const earlier = parseRules(before)
  const later = parseRules(after)
  return addEqual(
    later.flatMap(({ table, chain, rule, packets }, index) => {
      const then = earlier[index]
      // iptables-save prints rules in their order: the n-th is the same one as long as nobody edits.
      if (then === undefined || then.rule !== rule || then.table !== table || later.length !== earlier.length)
        throw new Error(`the rules of ${netns} changed while a probe was under way: ${table} ${rule}`)
      const times = packets - then.packets
      return times === 0 ? [] : [{ netns, family, table, chain, rule, times }]
    }),
  )
}

/** Rules that read the same cannot be told apart: what they count is added up. */
function addEqual(rules: readonly TruthRule[]): TruthRule[] {
  const sums = new Map<string, TruthRule>()
  for (const rule of rules) {
    const key = `${rule.table} ${rule.rule}`
    sums.set(key, { ...rule, times: rule.times + (sums.get(key)?.times ?? 0) })
  }
  return [...sums.values()]
}

/** Lines: `*TABLE`, `[packets:bytes] -A CHAIN ...`. */
function parseRules(text: string): Counted[] {
  const rules: Counted[] = []
  let table = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1)
    const match = /^\[(\d+):\d+\] (-A (\S+).*)$/.exec(line)
    if (match !== null) rules.push({ table, chain: match[3] ?? '', rule: match[2] ?? '', packets: Number(match[1]) })
  }
  return rules
}
