import { partShapes } from '../host/namespace-shapes.ts'
import { findMisfit } from './find-misfit.ts'
import type { ConntrackEntry, ConntrackTuple } from '../host/conntrack-entry.ts'
import type { Protocol } from '../net/packet.ts'
import type { Parsed, ParseProblem } from './problem.ts'

const protocols: Readonly<Record<string, Protocol>> = {
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmpv6',
  '132': 'sctp',
}

/** Parses `conntrack -L -o extended`, one entry a line. Its closing count goes to standard error and is not here. */
export function parseConntrack(text: string): Parsed<readonly ConntrackEntry[]> {
  const entries: ConntrackEntry[] = []
  const problems: ParseProblem[] = []
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return
    const entry = readConntrackEntry(line)
    if (entry === null || findMisfit(entry, partShapes.conntrackEntry) !== null)
      problems.push({ message: `not a conntrack entry: ${line}`, line: index + 1 })
    else entries.push(entry)
  })
  return { value: entries, problems }
}

/**
 * Returns the entry of one line, or null: `ipv4 2 tcp 6 431999 ESTABLISHED src=... dst=... sport=... dport=... [UNREPLIED]
 * src=... ... [ASSURED] mark=0 use=1`. Of an entry that is no more the timeout is missing, and is then 0.
 */
export function readConntrackEntry(line: string): ConntrackEntry | null {
  const words = line.trim().split(/\s+/)
  const [layer3, , , number, ...behind] = words
  const [timeout, rest] = /^\d+$/.test(behind[0] ?? '') ? [behind[0], behind.slice(1)] : ['0', behind]
  const fields = rest.filter((word) => word.includes('='))
  const tuples = splitTuples(fields)
  const [original, reply] = tuples
  if (
    (layer3 !== 'ipv4' && layer3 !== 'ipv6') ||
    number === undefined ||
    original === undefined ||
    reply === undefined
  ) {
    return null
  }
  const value = (key: string): number =>
    Number(fields.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1) ?? 0)
  return {
    family: layer3 === 'ipv4' ? 4 : 6,
    protocol: protocols[number] ?? (`${Number(number)}` as Protocol),
    timeoutSeconds: Number(timeout),
    state: rest.find((word) => /^[A-Z][A-Z0-9_]+$/.test(word)) ?? null,
    original,
    reply,
    flags: rest.flatMap((word) => /^\[(.+)\]$/.exec(word)?.[1] ?? []),
    mark: value('mark'),
    zone: value('zone'),
  }
}

/** Each `src=` starts another direction. */
function splitTuples(fields: readonly string[]): readonly ConntrackTuple[] {
  const tuples: Record<string, string>[] = []
  for (const field of fields) {
    const [key = '', value = ''] = field.split('=')
    if (key === 'src') tuples.push({})
    const last = tuples.at(-1)
    if (last !== undefined) last[key] = value
  }
  return tuples.map((tuple) => toTuple(tuple))
}

function toTuple(fields: Readonly<Record<string, string>>): ConntrackTuple {
  const sourcePort = fields['sport'] ?? fields['id']
  const destinationPort = fields['dport']
  return {
    src: fields['src'] ?? '',
    dst: fields['dst'] ?? '',
    ...(sourcePort === undefined ? {} : { sourcePort: Number(sourcePort) }),
    ...(destinationPort === undefined ? {} : { destinationPort: Number(destinationPort) }),
  }
}
