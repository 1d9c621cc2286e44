import { AGREES, differs, type Judgement, NOT_OBSERVABLE } from './agreement.ts'
import { formatFrame } from './format-trace.ts'
import type { Frame, Trace } from './trace-report.ts'

/**
 * What the prediction leaves open, and what it turned out to be. A port (or echo id) that a program or the kernel
 * chooses is some port, and an echo's sequence number is some number: the first frame that shows it settles which, and
 * from then on it is that one. `offset` is what an answer of a machine outside has more than was assumed of it.
 */
export interface Openness {
  readonly free: ReadonlySet<number>
  readonly settled: Map<string, number>
  readonly offset: { ttl: number; length: number } | null
}

/**
 * Returns what a predicted trace leaves open. `chosen`: its first packet's own port is chosen by a program. An answer goes
 * on with what its question has settled.
 */
export function opennessOf(predicted: Trace, observed: Trace, chosen: boolean, question?: Openness): Openness {
  const steps = predicted.hops.flatMap((hop) => hop.steps)
  const free = new Set<number>(question?.free)
  for (const step of steps) {
    if (step.evidence.basis !== 'assumed') continue
    for (const { field, after } of step.diff) if (CHOSEN.test(field)) free.add(Number(after))
  }
  const first = steps[0]
  const assumed = first?.kind === 'originate' && first.evidence.basis === 'assumed'
  const port = predicted.hops[0]?.packet.sourcePort
  if (chosen && port !== undefined) free.add(port)
  return {
    free,
    settled: question?.settled ?? new Map<string, number>(),
    offset: assumed ? offsetOf(predicted, observed) : null,
  }
}

const CHOSEN = /^(tcp|udp|sctp)\.(src|dst)port$|^icmp(v6\.echo)?\.ident/

/** An answer from outside has the TTL and the length that its sender gave it: what counts is what happens to them here. */
function offsetOf(predicted: Trace, observed: Trace): Openness['offset'] {
  const [left, right] = [firstFrame(predicted), firstFrame(observed)]
  if (left === undefined || right === undefined) return null
  return { ttl: right.ttl - left.ttl, length: right.length - left.length }
}

function firstFrame(trace: Trace): Frame | undefined {
  return trace.hops.flatMap((hop) => hop.frames)[0]
}

/** Returns the verdict on one frame of a place; a null side does not show it. A frame without a time was not seen. */
export function compareFrames(
  place: string,
  predicted: Frame | null,
  observed: Frame | null,
  openness: Openness,
): Judgement {
  if (observed === null) {
    return predicted === null
      ? NOT_OBSERVABLE
      : differs(`No frame was seen ${wayOf(predicted)} ${place}; predicted ${describeFrame(predicted)}.`)
  }
  if (predicted === null)
    return differs(`A frame was seen ${wayOf(observed)} ${place} that is not predicted: ${describeFrame(observed)}.`)
  if (observed.at === undefined) return NOT_OBSERVABLE
  const fields = FIELDS.filter((field) => !sameField(field, predicted, observed, openness))
  if (fields.length === 0) return AGREES
  const [left, right] = [predicted, observed].map((frame) => fields.map((name) => wordField(name, frame)).join(', '))
  return differs(`At ${place} the prediction has ${left}; the frame that was seen has ${right}.`)
}

function wayOf(frame: Frame): string {
  return frame.direction === 'in' ? 'coming in at' : 'going out at'
}

/** Returns a frame in words, without MACs: those are not compared. */
export function describeFrame(frame: Frame): string {
  return formatFrame(frame)
    .replace(/^\[\w+\] /, '')
    .replace(/ \([^()]*\)$/, '')
}

const FIELDS = ['protocol', 'src', 'dst', 'sourcePort', 'destinationPort', 'icmp', 'arp', 'ttl', 'length'] as const

type Field = (typeof FIELDS)[number]

function sameField(field: Field, predicted: Frame, observed: Frame, openness: Openness): boolean {
  switch (field) {
    case 'ttl':
    case 'length':
      return predicted[field] + (openness.offset?.[field] ?? 0) === observed[field]
    case 'sourcePort':
    case 'destinationPort':
      return samePort(predicted[field], observed[field], openness)
    case 'icmp':
      return sameIcmp(predicted, observed, openness)
    default:
      return predicted[field] === observed[field]
  }
}

function sameIcmp({ icmp: left }: Frame, { icmp: right }: Frame, openness: Openness): boolean {
  if (left === undefined || right === undefined) return left === right
  const same = (['type', 'code', 'mtu'] as const).every((field) => left[field] === right[field])
  const has = left.sequence !== undefined || right.sequence !== undefined
  const sequence = !has || settle('sequence', left.sequence, right.sequence, openness)
  return same && sequence && samePort(left.id, right.id, openness)
}

function samePort(left: number | undefined, right: number | undefined, openness: Openness): boolean {
  if (left === undefined || !openness.free.has(left)) return left === right
  return settle('port', left, right, openness)
}

/** Tells whether a number that is open in the prediction is the one that it was before. */
function settle(what: string, left: number | undefined, right: number | undefined, { settled }: Openness): boolean {
  if (left === undefined || right === undefined) return false
  const key = `${what} ${left}`
  const known = settled.get(key)
  if (known === undefined) settled.set(key, right)
  return known === undefined || known === right
}

const WORDS: Readonly<Record<Field, string>> = {
  protocol: 'protocol',
  src: 'source',
  dst: 'destination',
  sourcePort: 'source port',
  destinationPort: 'destination port',
  icmp: 'ICMP',
  arp: 'ARP',
  ttl: 'TTL',
  length: 'length',
}

function wordField(field: Field, frame: Frame): string {
  const value = frame[field]
  if (value === undefined) return `no ${WORDS[field]}`
  if (typeof value !== 'object') return `${WORDS[field]} ${value}`
  const { type, code, id, sequence, mtu } = value
  const more = [
    id === undefined ? '' : ` id ${id}`,
    sequence === undefined ? '' : ` seq ${sequence}`,
    mtu === undefined ? '' : ` mtu ${mtu}`,
  ]
  return `ICMP ${type}/${code}${more.join('')}`
}
