import type { ConntrackTuple } from '../../../core/host/conntrack-entry.ts'
import { formatEnd } from '../../../core/net/format-packet.ts'
import type { WatchFlow } from '../../../core/watch/watch.ts'

/** What the table sorts by. */
export type FlowColumn = 'from' | 'to' | 'protocol' | 'packets' | 'bytes' | 'rate' | 'state' | 'nat' | 'age'

export interface FlowOrder {
  readonly column: FlowColumn
  readonly descending: boolean
}

/** The newest first: what one waits for appears where one looks. */
export const USUAL_ORDER: FlowOrder = { column: 'age', descending: false }

/** Returns the order after a press on a column's heading: numbers begin with the largest, words with the first. */
export function turnOrder(order: FlowOrder, column: FlowColumn): FlowOrder {
  if (order.column === column) return { column, descending: !order.descending }
  return { column, descending: column === 'packets' || column === 'bytes' || column === 'rate' }
}

/** Returns the tuple's two ends in words. An echo id belongs to both ends, so it stands at the first. */
export function tupleWords({ src, dst, sourcePort, destinationPort }: ConntrackTuple): readonly [string, string] {
  const echo = sourcePort !== undefined && destinationPort === undefined
  return [echo ? `${src} id ${sourcePort}` : formatEnd(src, sourcePort), formatEnd(dst, destinationPort)]
}

/** Returns what translation makes of a flow: `10.1.2.3:80 → 172.17.0.2:80`, source and destination; '' where nothing. */
export function natWords({ nat, original }: Pick<WatchFlow, 'nat' | 'original'>): string {
  if (nat === null) return ''
  const { src, dst, sourcePort, destinationPort } = original
  const destination = nat.destination === null ? '' : `${formatEnd(dst, destinationPort)} → ${nat.destination}`
  const source =
    nat.source === null
      ? ''
      : `${formatEnd(src, destinationPort === undefined ? undefined : sourcePort)} → ${nat.source}`
  return [destination, source].filter(Boolean).join(', ')
}

/** Returns conntrack's words for a flow; what is ended says so. */
export function stateWords({ state, flags, ended }: Pick<WatchFlow, 'state' | 'flags' | 'ended'>): string {
  const unreplied = flags?.includes('UNREPLIED') ? 'UNREPLIED' : ''
  const words = [state ?? '', state === null ? (flags ?? []).join(' ') : unreplied].filter(Boolean).join(' ')
  return ended ? (words === '' ? 'ended' : `${words} · ended`) : words
}

export function packetsOf({ sent, returned }: Pick<WatchFlow, 'sent' | 'returned'>): number {
  return sent.packets + returned.packets
}

export function bytesOf({ sent, returned }: Pick<WatchFlow, 'sent' | 'returned'>): number {
  return sent.bytes + returned.bytes
}

/** Returns the flows that contain every word of the text, anywhere in what the table shows of them. */
export function filterFlows(flows: Iterable<WatchFlow>, text: string): readonly WatchFlow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...flows]
  return [...flows].filter((flow) => {
    const all = haystack(flow)
    return words.every((word) => all.includes(word))
  })
}

function haystack(flow: WatchFlow): string {
  const { from, to, protocol, original } = flow
  return [from.name, to.name, protocol, ...tupleWords(original), natWords(flow), stateWords(flow)]
    .join(' ')
    .toLowerCase()
}

/** Returns the flows in an order; equal ones by when they were first seen, so that rows do not change places for nothing. */
export function sortFlows(flows: readonly WatchFlow[], { column, descending }: FlowOrder): readonly WatchFlow[] {
  const keys = new Map(flows.map((flow) => [flow, keyOf(flow, column)]))
  const turn = descending ? -1 : 1
  return flows.toSorted(
    (a, b) => turn * compareKeys(keys.get(a), keys.get(b)) || b.firstSeen - a.firstSeen || b.id - a.id,
  )
}

function keyOf(flow: WatchFlow, column: FlowColumn): string | number {
  switch (column) {
    case 'from':
      return `${flow.from.name} ${tupleWords(flow.original)[0]}`
    case 'to':
      return `${flow.to.name} ${tupleWords(flow.original)[1]}`
    case 'protocol':
      return flow.protocol
    case 'packets':
      return packetsOf(flow)
    case 'bytes':
      return bytesOf(flow)
    case 'rate':
      return flow.packetsPerSecond
    case 'state':
      return stateWords(flow)
    case 'nat':
      return natWords(flow)
    case 'age':
      return -flow.firstSeen
    default:
      return column satisfies never
  }
}

const WORDS = new Intl.Collator('en', { numeric: true })

function compareKeys(a: string | number | undefined, b: string | number | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return WORDS.compare(String(a), String(b))
}
