import type { SeenDrop } from '../../observe/observation.ts'
import type { Parsed, ParseProblem } from '../problem.ts'

/** What the last event of the group `net` said of an skb. The kernel uses addresses again, so only the last one counts. */
interface LastSeen {
  readonly device: string
  readonly length: number | null
}

const LINE = /^\s*(.+?)-(\d+)\s+(?:\([^)]*\)\s+)?\[(\d+)\]\s+(?:(\S+)\s+)?(\d+)\.(\d+): (\w+): (.*)$/

/** Freed for want of anything more to do, and for reasons that the kernel does not tell apart: neither is a drop. */
const NO_DROPS: readonly string[] = ['NOT_DROPPED_YET', 'CONSUMED', 'NOT_SPECIFIED']

/**
 * Parses the `trace` of a tracefs instance with skb:kfree_skb and the net:* events. Stamps are microseconds by the clock of
 * the trace. A line that is neither an event nor a comment is a problem with its number. Never throws.
 */
export function parseDropReasons(text: string): Parsed<readonly SeenDrop[]> {
  const seen = new Map<string, LastSeen>()
  const drops: SeenDrop[] = []
  const problems: ParseProblem[] = []
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return
    if (/^CPU:\d+ \[LOST \d+ EVENTS\]/.test(line)) {
      problems.push({ message: `the kernel lost events: ${line.trim()}`, line: index + 1 })
      return
    }
    const match = LINE.exec(line)
    if (match === null) {
      problems.push({ message: `no event: ${line.slice(0, 120)}`, line: index + 1 })
      return
    }
    const at = Number(match[5]) * 1e6 + Number(`0.${match[6]}`) * 1e6
    const drop = readEvent(seen, match[7] ?? '', match[8] ?? '', at)
    if (drop === 'unreadable') problems.push({ message: `not understood: ${line.slice(0, 120)}`, line: index + 1 })
    else if (drop !== null) drops.push(drop)
  })
  return { value: drops, problems }
}

function readEvent(
  seen: Map<string, LastSeen>,
  event: string,
  fields: string,
  at: number,
): SeenDrop | 'unreadable' | null {
  if (event !== 'kfree_skb') {
    noteDevice(seen, fields)
    return null
  }
  const match = /skbaddr=(\S+) .*location=([^\s+]+)\S* (?:\[\S+\] )?reason: (\S+)/.exec(fields)
  if (match === null) return 'unreadable'
  const [, address = '', location = '', reason = ''] = match
  const last = seen.get(address)
  seen.delete(address)
  if (NO_DROPS.includes(reason)) return null
  const etherType = numberAt(fields, /(?:^| )protocol=(\d+)/)
  return { reason, location, etherType, device: last?.device ?? null, length: last?.length ?? null, at }
}

/** `net_dev_start_xmit: dev=eth0 queue_mapping=0 skbaddr=... len=98 ... network_offset=14`, `netif_receive_skb: dev=eth0 skbaddr=... len=84`. */
function noteDevice(seen: Map<string, LastSeen>, fields: string): void {
  const device = /(?:^| )dev=(\S+)/.exec(fields)?.[1]
  const address = /(?:^| )skbaddr=(\S+)/.exec(fields)?.[1]
  if (device === undefined || address === undefined) return
  const length = numberAt(fields, /(?:^| )len=(\d+)/)
  // On its way out the frame has its link header, on its way in it has lost it.
  const link = numberAt(fields, /(?:^| )network_offset=(\d+)/) ?? 0
  seen.set(address, { device, length: length === null ? null : length - link })
}

function numberAt(fields: string, pattern: RegExp): number | null {
  const digits = pattern.exec(fields)?.[1]
  return digits === undefined ? null : Number(digits)
}
