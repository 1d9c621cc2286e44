import type { Observation, SeenCounter, SeenDrop, SeenFrame, SeenRule } from '../../observe/observation.ts'
import type { Parsed, ParseProblem } from '../problem.ts'
import { countRises } from './counter-rises.ts'
import { parseDropReasons } from './drop-reasons.ts'
import { parseNftTrace } from './nft-trace.ts'
import { readPacket } from './packet-headers.ts'
import { endPcap, feedPcap, openPcap, type PcapRecord } from './pcap-stream.ts'
import { OWN_TABLE_PREFIX, type RawDrops, type RawNamespace, type RawObservation } from './raw-observation.ts'
import { findRuleTexts, withoutCounters } from './rule-texts.ts'
import { readSll2 } from './sll2.ts'

/** Puts problems down with the namespace and the tool whose output they are in. */
interface Reader {
  readonly problems: ParseProblem[]
  keep<T>(where: string, parsed: Parsed<T>): T
}

/**
 * Makes an observation of what the tools printed. What cannot be read becomes a problem that names the namespace, the tool
 * and the place in its output; the rest is used. Never throws.
 */
export function assembleObservation(raw: RawObservation): Parsed<Observation> {
  const reader = createReader()
  const captures = raw.namespaces.map((namespace) => readCapture(reader, namespace))
  const epoch = startOf(captures.flatMap((capture) => capture.map(({ record }) => record)))
  const frames = captures.flatMap((capture) =>
    capture.map(({ record, frame }) => ({ ...frame, at: since(epoch, record) })),
  )
  return {
    value: {
      frames,
      rules: raw.namespaces.flatMap((namespace) => readRules(reader, namespace)),
      drops: readDrops(reader, raw.drops, epoch),
      counters: raw.namespaces.flatMap((namespace) => readCounters(reader, namespace)),
      sender: raw.sender,
      watched: raw.namespaces.map(({ netns, lacks, ended }) => ({
        netns,
        lacks,
        ...(ended === undefined ? {} : { ended }),
      })),
    },
    problems: reader.problems,
  }
}

function createReader(): Reader {
  const problems: ParseProblem[] = []
  const keep = <T>(where: string, parsed: Parsed<T>): T => {
    problems.push(...parsed.problems.map((problem) => ({ ...problem, message: `${where}: ${problem.message}` })))
    return parsed.value
  }
  return { problems, keep }
}

interface Captured {
  readonly record: PcapRecord
  readonly frame: Omit<SeenFrame, 'at'>
}

function readCapture(reader: Reader, { netns, devices, pcap }: RawNamespace): readonly Captured[] {
  if (pcap === null) return []
  const stream = openPcap()
  const where = `${netns} tcpdump`
  const records = reader.keep(where, feedPcap(stream, pcap))
  reader.keep(where, { value: null, problems: endPcap(stream) })
  return records.flatMap((record) => {
    const frame = readSeenFrame(netns, devices, record)
    if (typeof frame !== 'string') return frame === null ? [] : [{ record, frame }]
    const message = `${frame}, at byte ${record.offset}`
    reader.keep(where, { value: null, problems: [{ message, path: `byte ${record.offset}` }] })
    return []
  })
}

/**
 * Returns the frame of one record of a capture without its time, null for what is neither IP nor ARP, or a text that says
 * why it is none. A device that is gone goes by its index, `if7`.
 */
export function readSeenFrame(
  netns: string,
  devices: Readonly<Record<string, string>>,
  { bytes }: PcapRecord,
): Omit<SeenFrame, 'at'> | string | null {
  const link = readSll2(bytes)
  if (link === null) return `a frame of ${bytes.length} bytes`
  const { direction, otherHost, deviceIndex } = link
  const read = readPacket(link.etherType, link.payload, link.sourceMac)
  if (read === null || typeof read === 'string') return read
  return { netns, device: devices[`${deviceIndex}`] ?? `if${deviceIndex}`, direction, otherHost, ...read }
}

/** The first stamp, from which all others count; null without a frame. */
type Epoch = Pick<PcapRecord, 'seconds' | 'nanoseconds'> | null

function startOf(records: readonly PcapRecord[]): Epoch {
  let first: Epoch = null
  for (const record of records) {
    const earlier =
      first === null || record.seconds - first.seconds + (record.nanoseconds - first.nanoseconds) / 1e9 < 0
    if (earlier) first = record
  }
  return first
}

function since(epoch: Epoch, { seconds, nanoseconds }: NonNullable<Epoch>): number {
  if (epoch === null) return 0
  return (seconds - epoch.seconds) * 1e6 + (nanoseconds - epoch.nanoseconds) / 1e3
}

function readRules(reader: Reader, namespace: RawNamespace): readonly SeenRule[] {
  const { netns, nftTrace } = namespace
  if (nftTrace === null) return []
  const find = reader.keep(`${netns} nft list ruleset`, findRuleTexts(namespace))
  const events = reader.keep(`${netns} nft monitor trace`, parseNftTrace(nftTrace))
  return (
    events
      // That a packet came by the watch's own table tells one from the next; what the table did is no matter.
      .filter(({ table, event }) => !table.startsWith(OWN_TABLE_PREFIX) || event.kind === 'packet')
      .map((each) => {
        const { family, table, chain, event } = each
        if (event.kind !== 'rule') return { netns, ...each }
        const known = event.handle === null ? null : find(family, table, chain, event.handle)
        return { netns, ...each, event: { ...event, rule: known ?? withoutCounters(event.rule) } }
      })
  )
}

function readDrops(reader: Reader, drops: RawDrops | null, epoch: Epoch): readonly SeenDrop[] {
  if (drops === null) return []
  const seen = reader.keep('tracefs', parseDropReasons(drops.text))
  const start = epoch === null ? 0 : epoch.seconds * 1e6 + epoch.nanoseconds / 1e3
  return seen.map((drop) => ({ ...drop, at: drop.at + drops.clockOffset - start }))
}

function readCounters(reader: Reader, { netns, saves }: RawNamespace): readonly SeenCounter[] {
  return saves.flatMap(({ family, backend, before, after }) => {
    const rises = reader.keep(`${netns} iptables-save (${family}, ${backend})`, countRises(before, after))
    return rises.map((rise) => ({ netns, family, backend, ...rise }))
  })
}
