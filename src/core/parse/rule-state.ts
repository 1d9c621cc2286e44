import { partShapes } from '../host/namespace-shapes.ts'
import type { HashlimitBucket, HashlimitTable, RecentEntry, RecentList, RuleState } from '../host/rule-state.ts'
import { canonicalAddress } from '../net/address.ts'
import { findMisfit } from './find-misfit.ts'
import type { Parsed, ParseProblem } from './problem.ts'

/** A file below /proc/net: its lines, and the line of the whole text at which they begin. */
interface Section {
  readonly name: string
  readonly first: number
  readonly lines: string[]
}

/**
 * Parses what the reader prints of files below /proc/net: each after a line `= NAME`. Those are lists of `recent`, tables of
 * `hashlimit`, `ip_vs`, and `ip xfrm policy count` as `xfrm`.
 */
export function parseRuleState(text: string): Parsed<RuleState> {
  const problems: ParseProblem[] = []
  const sections = splitSections(text)
  const named = (start: string): readonly Section[] => sections.filter(({ name }) => name.startsWith(start))
  const recent = named('xt_recent/').map((section): RecentList => {
    return { name: section.name.slice(10), entries: readLines(section, problems, readSighting) }
  })
  const hashlimit = (['ipt_hashlimit/', 'ip6t_hashlimit/'] as const).flatMap((folder) =>
    named(folder).map((section): HashlimitTable => {
      const buckets = readLines(section, problems, readBucket)
      return { family: folder === 'ipt_hashlimit/' ? 4 : 6, name: section.name.slice(folder.length), buckets }
    }),
  )
  const services = named('ip_vs').flatMap(({ lines }) => lines.filter((line) => /^(TCP|UDP|SCTP|FWM) /.test(line)))
  const state = { recent, hashlimit, ipvsServices: services.length, ipsecPolicies: countPolicies(named('xfrm')) }
  return { value: state, problems }
}

function splitSections(text: string): readonly Section[] {
  const sections: Section[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('= ')) sections.push({ name: line.slice(2), first: index + 2, lines: [] })
    else sections.at(-1)?.lines.push(line)
  }
  return sections
}

function readLines<T>(section: Section, problems: ParseProblem[], read: (line: string) => T | null): readonly T[] {
  return section.lines.flatMap((line, index) => {
    if (line.trim() === '') return []
    const value = read(line)
    if (value === null)
      problems.push({ message: `not a line of ${section.name}: ${line}`, line: section.first + index })
    return value === null ? [] : [value]
  })
}

/** `src=10.0.0.1 ttl: 64 last_seen: 4294948122 oldest_pkt: 2 4294948120, 4294948122`: a place in a ring, then all times. */
function readSighting(line: string): RecentEntry | null {
  const parsed = /^src=(\S+) ttl: (\d+) last_seen: \d+ oldest_pkt: \d+((?: \d+,?)*)$/.exec(line.trim())
  const address = canonicalAddress(parsed?.[1] ?? '')
  if (parsed === null || address === null) return null
  const times = (parsed[3] ?? '').split(' ').filter((word) => word !== '').length
  const entry = { address, ttl: Number(parsed[2]), times }
  return findMisfit(entry, partShapes.recentEntry) === null ? entry : null
}

/** `9 10.0.0.1:0->0.0.0.0:99 172800000 192000000 96000000`: seconds left, both ends, credit, the most of it, cost. */
function readBucket(line: string): HashlimitBucket | null {
  const parsed = /^-?\d+ (\S+):(\d+)->(\S+):(\d+) (\d+) \d+ (\d+)$/.exec(line.trim())
  if (parsed === null) return null
  const bucket = {
    source: canonicalAddress(parsed[1] ?? '') ?? '',
    sourcePort: Number(parsed[2]),
    destination: canonicalAddress(parsed[3] ?? '') ?? '',
    destinationPort: Number(parsed[4]),
    credit: Number(parsed[5]),
    cost: Number(parsed[6]),
  }
  return findMisfit(bucket, partShapes.hashlimitBucket) === null ? bucket : null
}

/** `SPD IN  0 OUT 0 FWD 0`; a kernel without IPsec says something else, or nothing. */
function countPolicies(sections: readonly Section[]): number | null {
  const parsed = /SPD IN\s+(\d+) OUT (\d+) FWD (\d+)/.exec(sections.flatMap(({ lines }) => lines).join(' '))
  return parsed === null ? null : Number(parsed[1]) + Number(parsed[2]) + Number(parsed[3])
}
