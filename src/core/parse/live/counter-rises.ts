import type { Parsed, ParseProblem } from '../problem.ts'

/** A rule of `iptables-save -c` whose packet counter rose, and by how much. */
export interface CounterRise {
  readonly table: string
  readonly chain: string
  readonly rule: string
  readonly times: number
}

interface CountedRule {
  readonly table: string
  readonly chain: string
  readonly rule: string
  readonly packets: number
  readonly line: number
}

/**
 * Returns the rules whose counters rose between two prints of `iptables-save -c`, those that read the same in one chain
 * added up: they cannot be told apart. Where the rules themselves changed, nothing is returned but a problem with the line
 * of the later print where they part.
 */
export function countRises(before: string, after: string): Parsed<readonly CounterRise[]> {
  const earlier = readCounters(before)
  const later = readCounters(after)
  const changed = findChange(earlier, later)
  if (changed !== null) return { value: [], problems: [changed] }
  const sums = new Map<string, CounterRise>()
  later.forEach(({ table, chain, rule, packets }, index) => {
    const times = packets - (earlier[index]?.packets ?? 0)
    if (times === 0) return
    const key = `${table} ${rule}`
    sums.set(key, { table, chain, rule, times: times + (sums.get(key)?.times ?? 0) })
  })
  return { value: [...sums.values()], problems: [] }
}

/** iptables-save prints rules in their order: the n-th is the same one as long as nobody edits. */
function findChange(earlier: readonly CountedRule[], later: readonly CountedRule[]): ParseProblem | null {
  const most = Math.max(earlier.length, later.length)
  for (let index = 0; index < most; index += 1) {
    const one = earlier[index]
    const two = later[index]
    if (one !== undefined && two !== undefined && one.table === two.table && one.rule === two.rule) continue
    const message = `the rules changed meanwhile, at ${two?.table ?? one?.table ?? ''} ${two?.rule ?? one?.rule ?? ''}`
    return two === undefined ? { message } : { message, line: two.line }
  }
  return null
}

/** Lines: `*TABLE`, `[packets:bytes] -A CHAIN ...`. */
function readCounters(text: string): CountedRule[] {
  const rules: CountedRule[] = []
  let table = ''
  text.split('\n').forEach((line, index) => {
    if (line.startsWith('*')) table = line.slice(1).trim()
    const match = /^\[(\d+):\d+\] (-A (\S+).*)$/.exec(line)
    if (match === null) return
    const [, packets, rule = '', chain = ''] = match
    rules.push({ table, chain, rule, packets: Number(packets), line: index + 1 })
  })
  return rules
}
