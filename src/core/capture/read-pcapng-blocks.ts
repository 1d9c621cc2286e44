import { formatAddress } from '../net/address.ts'
import { decodeUtf8 } from '../net/utf8.ts'
import type { AddressName, CapturedPacket, CaptureInterface } from './capture.ts'
import { BLOCK, DIRECTION, NAME_RECORD, OPTION, padded } from './pcapng-format.ts'
import type { ByteReader } from './read-bytes.ts'

/** An interface of one section, with how its times count. */
export interface SectionInterface {
  readonly interface: CaptureInterface
  readonly unitsPerSecond: bigint
  readonly offsetSeconds: bigint
  readonly snapLength: number
}

interface Option {
  readonly code: number
  readonly from: number
  readonly to: number
}

/** The options, or name records, from `start` on: both end with code 0 or with the block. A cut one is left out. */
function readOptions(reader: ByteReader, start: number, end: number): Option[] {
  const found: Option[] = []
  for (let at = start; at + 4 <= end; ) {
    const code = reader.uint16(at)
    const length = reader.uint16(at + 2)
    if (code === OPTION.end || at + 4 + length > end) break
    found.push({ code, from: at + 4, to: at + 4 + length })
    at += 4 + padded(length)
  }
  return found
}

/** Texts may end with zero bytes, which some programs write. */
const textOf = (reader: ByteReader, { from, to }: Option): string =>
  decodeUtf8(reader.bytes(from, to)).replace(/\0+$/, '')

/** What a section header says of its program. */
export function readSectionOptions(
  reader: ByteReader,
  start: number,
  end: number,
): { readonly application: string; readonly comments: readonly string[] } {
  const found = readOptions(reader, start + 16, end)
  const application = found.find(({ code }) => code === OPTION.sectionApplication)
  return {
    application: application === undefined ? '' : textOf(reader, application),
    comments: commentsOf(reader, found),
  }
}

const commentsOf = (reader: ByteReader, found: readonly Option[]): string[] =>
  found.filter(({ code }) => code === OPTION.comment).map((option) => textOf(reader, option))

/** Reads an interface description block; null when it is too short. Without an option times are microseconds. */
export function readInterface(reader: ByteReader, start: number, end: number): SectionInterface | null {
  if (end - start < 8) return null
  const found = readOptions(reader, start + 8, end)
  const text = (code: number): string => {
    const option = found.find((candidate) => candidate.code === code)
    return option === undefined ? '' : textOf(reader, option)
  }
  const offset = found.find(({ code, from, to }) => code === OPTION.interfaceOffset && to - from === 8)
  const resolution = found.find(({ code, from, to }) => code === OPTION.interfaceResolution && to - from === 1)
  return {
    interface: {
      name: text(OPTION.interfaceName),
      description: text(OPTION.interfaceDescription),
      linkType: reader.uint16(start),
    },
    unitsPerSecond:
      resolution === undefined ? 1_000_000n : unitsOf(reader.bytes(resolution.from, resolution.to)[0] ?? 6),
    offsetSeconds: offset === undefined ? 0n : reader.int64(offset.from),
    snapLength: reader.uint32(start + 4),
  }
}

/** if_tsresol: the highest bit tells powers of two from powers of ten. */
const unitsOf = (value: number): bigint => (value & 0x80 ? 2n ** BigInt(value & 0x7f) : 10n ** BigInt(value))

/** Reads the names of a name resolution block; records of other kinds are skipped. */
export function readNames(reader: ByteReader, start: number, end: number): AddressName[] {
  return readOptions(reader, start, end).flatMap((record) => {
    const size = record.code === NAME_RECORD.ipv4 ? 4 : record.code === NAME_RECORD.ipv6 ? 16 : 0
    if (size === 0 || record.to - record.from <= size) return []
    const address = addressText(reader.bytes(record.from, record.from + size))
    const names = decodeUtf8(reader.bytes(record.from + size, record.to)).split('\0')
    return names.filter((name) => name !== '').map((name) => ({ address, name }))
  })
}

function addressText(bytes: Uint8Array): string {
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  return bytes.length === 4 ? formatAddress(4, Number(value)) : formatAddress(6, value)
}

/** Reads a packet block; its interface counts within the section. Returns what is wrong with it instead where it is. */
export function readPacket(
  type: number,
  reader: ByteReader,
  start: number,
  end: number,
  interfaces: readonly SectionInterface[],
): CapturedPacket | string {
  if (type === BLOCK.simplePacket) return readSimple(reader, start, end, interfaces)
  if (end - start < 20) return 'a packet block is too short'
  const index = type === BLOCK.obsoletePacket ? reader.uint16(start) : reader.uint32(start)
  const from = interfaces[index]
  if (from === undefined) return `a packet of interface ${index}, which the section does not have`
  const captured = reader.uint32(start + 12)
  if (start + 20 + captured > end) return `a packet of ${captured} bytes in a block that is shorter`
  const found = readOptions(reader, start + 20 + padded(captured), end)
  const units = (BigInt(reader.uint32(start + 4)) << 32n) | BigInt(reader.uint32(start + 8))
  return {
    interface: index,
    ...timeOf(units, from),
    direction: directionOf(reader, found),
    length: reader.uint32(start + 16),
    data: reader.bytes(start + 20, start + 20 + captured),
    comments: commentsOf(reader, found),
  }
}

function timeOf(
  units: bigint,
  { unitsPerSecond, offsetSeconds }: SectionInterface,
): {
  readonly seconds: number
  readonly nanoseconds: number
} {
  const rest = units % unitsPerSecond
  return {
    seconds: Number(units / unitsPerSecond + offsetSeconds),
    nanoseconds: Number((rest * 1_000_000_000n) / unitsPerSecond),
  }
}

function directionOf(reader: ByteReader, found: readonly Option[]): CapturedPacket['direction'] {
  const flags = found.find(({ code, from, to }) => code === OPTION.packetFlags && to - from === 4)
  const bits = flags === undefined ? 0 : reader.uint32(flags.from) & 3
  return bits === DIRECTION.in ? 'in' : bits === DIRECTION.out ? 'out' : null
}

/** A simple packet belongs to the first interface and has no time. */
function readSimple(
  reader: ByteReader,
  start: number,
  end: number,
  [first]: readonly SectionInterface[],
): CapturedPacket | string {
  if (first === undefined) return 'a packet before the first interface'
  if (end - start < 4) return 'a packet block is too short'
  const length = reader.uint32(start)
  const kept = Math.min(length, first.snapLength === 0 ? length : first.snapLength)
  if (start + 4 + kept > end) return `a packet of ${kept} bytes in a block that is shorter`
  const data = reader.bytes(start + 4, start + 4 + kept)
  return { interface: 0, seconds: 0, nanoseconds: 0, direction: null, length, data, comments: [] }
}
