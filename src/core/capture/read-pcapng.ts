import type { AddressName, Capture, CapturedPacket, CaptureInterface } from './capture.ts'
import { BLOCK, BYTE_ORDER_MAGIC } from './pcapng-format.ts'
import { type ByteReader, createByteReader } from './read-bytes.ts'
import {
  readInterface,
  readNames,
  readPacket,
  readSectionOptions,
  type SectionInterface,
} from './read-pcapng-blocks.ts'

/** What is wrong with a file, and at which byte. */
export interface CaptureProblem {
  readonly message: string
  readonly offset: number
}

/** What could be read, up to the first thing that could not. */
export interface ReadCapture {
  readonly capture: Capture
  readonly problems: readonly CaptureProblem[]
}

interface Sections {
  application: string
  readonly comments: string[]
  readonly interfaces: CaptureInterface[]
  readonly packets: CapturedPacket[]
  readonly names: AddressName[]
  /** Those of the section that is being read, whose packets count from 0 again. */
  current: { readonly first: number; readonly interfaces: SectionInterface[] } | null
  littleEndian: boolean
}

/**
 * Reads a pcapng file of any program: both byte orders, several sections, packets with or without a time. Blocks of
 * unknown types are skipped, as the format asks. Takes any bytes: what is damaged or cut gives a problem with its offset,
 * and what stood before it is kept.
 */
export function readPcapng(bytes: Uint8Array): ReadCapture {
  const sections: Sections = {
    application: '',
    comments: [],
    interfaces: [],
    packets: [],
    names: [],
    current: null,
    littleEndian: true,
  }
  const problems: CaptureProblem[] = []
  let offset = 0
  while (offset < bytes.length) {
    const next = readBlock(bytes, offset, sections)
    if (typeof next === 'string') {
      problems.push({ message: next, offset })
      break
    }
    offset = next
  }
  if (bytes.length === 0) problems.push({ message: 'the file is empty', offset: 0 })
  const { application, comments, interfaces, packets, names } = sections
  return { capture: { application, comments, interfaces, packets, names }, problems }
}

/** Returns where the next block starts, or what is wrong with this one. */
function readBlock(bytes: Uint8Array, offset: number, sections: Sections): number | string {
  const reader = createByteReader(bytes, sections.littleEndian)
  if (offset + 12 > bytes.length) return 'the file ends within the head of a block'
  const type = reader.uint32(offset)
  if (type === BLOCK.section) {
    const order = byteOrder(bytes, offset + 8)
    if (order === null) return 'the section has no byte-order magic'
    sections.littleEndian = order
  } else if (sections.current === null) return 'this is not a pcapng file: it does not start with a section header'
  const ordered = createByteReader(bytes, sections.littleEndian)
  const length = ordered.uint32(offset + 4)
  if (length < 12 || length % 4 !== 0) return `a block cannot be ${length} bytes long`
  if (offset + length > bytes.length) return `the block of ${length} bytes is cut`
  const problem = takeBlock(type, ordered, offset + 8, offset + length - 4, sections)
  return problem ?? offset + length
}

function byteOrder(bytes: Uint8Array, offset: number): boolean | null {
  for (const littleEndian of [true, false])
    if (createByteReader(bytes, littleEndian).uint32(offset) === BYTE_ORDER_MAGIC) return littleEndian
  return null
}

function takeBlock(type: number, reader: ByteReader, start: number, end: number, sections: Sections): string | null {
  if (type === BLOCK.section) {
    const said = readSectionOptions(reader, start, end)
    if (said.application !== '') sections.application = said.application
    sections.comments.push(...said.comments)
    sections.current = { first: sections.interfaces.length, interfaces: [] }
    return null
  }
  const { current } = sections
  if (current === null) return 'a block before the section header'
  if (type === BLOCK.interface) {
    const known = readInterface(reader, start, end)
    if (known === null) return 'an interface block is too short'
    current.interfaces.push(known)
    sections.interfaces.push(known.interface)
    return null
  }
  if (type === BLOCK.nameResolution) sections.names.push(...readNames(reader, start, end))
  if (type !== BLOCK.enhancedPacket && type !== BLOCK.simplePacket && type !== BLOCK.obsoletePacket) return null
  const packet = readPacket(type, reader, start, end, current.interfaces)
  if (typeof packet === 'string') return packet
  sections.packets.push({ ...packet, interface: current.first + packet.interface })
  return null
}
