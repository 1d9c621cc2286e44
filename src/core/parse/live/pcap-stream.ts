import type { Parsed, ParseProblem } from '../problem.ts'
import { joinBytes, u32, u32Little } from './bytes.ts'

/** One record of a capture: its stamp in seconds and nanoseconds since the epoch, and the bytes that were kept. */
export interface PcapRecord {
  readonly seconds: number
  readonly nanoseconds: number
  /** Of its header in the stream. */
  readonly offset: number
  /** Bytes that it had before it was cut to those that were kept. */
  readonly length: number
  readonly bytes: Uint8Array
}

/** What is known of a capture so far. Made by openPcap, changed by feedPcap. */
export interface PcapStream {
  /** Not yet read to a record's end. */
  pending: Uint8Array
  /** Of `pending` in the stream. */
  offset: number
  format: { readonly read32: typeof u32; readonly perUnit: 1 | 1000 } | null
  /** After damage nothing more can be made out: records have no marks to find the next one by. */
  broken: boolean
}

const LINUX_SLL2 = 276
const FILE_HEADER = 24
const RECORD_HEADER = 16

/** More than libpcap ever keeps of one packet (MAXIMUM_SNAPLEN): a length beyond it is no length. */
const MOST_KEPT = 262_144

/** Returns a stream that nothing was fed to. */
export function openPcap(): PcapStream {
  return { pending: new Uint8Array(0), offset: 0, format: null, broken: false }
}

/**
 * Returns the records that a further piece of a capture completes: `tcpdump -y LINUX_SLL2 -w -`, of either byte order, with
 * microseconds or nanoseconds. Damage gives one problem with the byte's position, and nothing after it. Never throws.
 */
export function feedPcap(stream: PcapStream, chunk: Uint8Array): Parsed<readonly PcapRecord[]> {
  if (stream.broken) return { value: [], problems: [] }
  stream.pending = stream.pending.length === 0 ? chunk : joinBytes(stream.pending, chunk)
  let at = 0
  if (stream.format === null) {
    if (stream.pending.length < FILE_HEADER) return { value: [], problems: [] }
    const problem = readFileHeader(stream)
    if (problem !== null) return { value: [], problems: [problem] }
    at = FILE_HEADER
  }
  const records: PcapRecord[] = []
  const problems: ParseProblem[] = []
  for (let next = readRecord(stream, at); next !== null; next = readRecord(stream, at)) {
    if ('message' in next) {
      problems.push(next)
      break
    }
    records.push(next)
    at += RECORD_HEADER + next.bytes.length
  }
  stream.pending = stream.pending.subarray(at)
  stream.offset += at
  return { value: records, problems }
}

/** Returns what is to be said when no more comes: a capture that ends within a record, or before it began. */
export function endPcap({ pending, offset, format, broken }: PcapStream): readonly ParseProblem[] {
  if (broken || (pending.length === 0 && format !== null)) return []
  const what = format === null ? 'the capture has no whole header' : 'the capture is cut within a record'
  return [problemAt(offset, what)]
}

function readFileHeader(stream: PcapStream): ParseProblem | null {
  const { pending } = stream
  const format = formatOf(pending)
  if (format === null) return fail(stream, 0, 'no capture: the first four bytes are not those of pcap')
  const linkType = format.read32(pending, 20) % 0x1000_0000
  if (linkType !== LINUX_SLL2) return fail(stream, 20, `link type ${linkType} is not LINUX_SLL2 (${LINUX_SLL2})`)
  stream.format = format
  return null
}

function formatOf(bytes: Uint8Array): PcapStream['format'] {
  for (const read32 of [u32, u32Little]) {
    const magic = read32(bytes, 0)
    if (magic === 0xa1b2_c3d4) return { read32, perUnit: 1000 }
    if (magic === 0xa1b2_3c4d) return { read32, perUnit: 1 }
  }
  return null
}

function readRecord(stream: PcapStream, at: number): PcapRecord | ParseProblem | null {
  const { pending, format } = stream
  if (format === null || pending.length < at + RECORD_HEADER) return null
  const { read32, perUnit } = format
  const kept = read32(pending, at + 8)
  if (kept > MOST_KEPT) return fail(stream, at, `a record of ${kept} bytes is none`)
  const nanoseconds = read32(pending, at + 4) * perUnit
  if (nanoseconds >= 1e9) return fail(stream, at, 'a stamp with more than a second of fractions')
  const start = at + RECORD_HEADER
  if (pending.length < start + kept) return null
  return {
    seconds: read32(pending, at),
    nanoseconds,
    offset: stream.offset + at,
    length: read32(pending, at + 12),
    bytes: pending.slice(start, start + kept),
  }
}

function fail(stream: PcapStream, at: number, what: string): ParseProblem {
  stream.broken = true
  return problemAt(stream.offset + at, what)
}

function problemAt(offset: number, what: string): ParseProblem {
  return { message: `${what}, at byte ${offset}`, path: `byte ${offset}` }
}
