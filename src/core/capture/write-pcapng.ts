import { parseAddress } from '../net/address.ts'
import { encodeUtf8 } from '../net/utf8.ts'
import type { AddressName, Capture, CapturedPacket, CaptureInterface } from './capture.ts'
import { BLOCK, BYTE_ORDER_MAGIC, DIRECTION, NAME_RECORD, OPTION, padded } from './pcapng-format.ts'

const NANOSECONDS = 9
const PER_SECOND = 1_000_000_000n

/**
 * Returns the capture as a pcapng file (one little-endian section, nanoseconds), following draft-ietf-opsawg-pcapng.
 * Throws on a packet of an interface that the capture does not have. Names of what is not an address are left out.
 */
export function writePcapng(capture: Capture): Uint8Array {
  const blocks = [
    sectionHeader(capture),
    ...capture.interfaces.map(interfaceDescription),
    ...nameResolution(capture.names),
    ...capture.packets.map((packet) => enhancedPacket(packet, capture.interfaces.length)),
  ]
  return join(blocks)
}

function sectionHeader({ application, comments }: Capture): Uint8Array {
  const head = numbers([4, BYTE_ORDER_MAGIC], [2, 1], [2, 0], [4, 0xffff_ffff], [4, 0xffff_ffff])
  const said = application === '' ? [] : [option(OPTION.sectionApplication, encodeUtf8(application))]
  return block(BLOCK.section, [head, ...options([...commentOptions(comments), ...said])])
}

function interfaceDescription({ name, description, linkType }: CaptureInterface): Uint8Array {
  const described = description === '' ? [] : [option(OPTION.interfaceDescription, encodeUtf8(description))]
  return block(BLOCK.interface, [
    numbers([2, linkType], [2, 0], [4, 0]),
    ...options([
      option(OPTION.interfaceName, encodeUtf8(name)),
      ...described,
      option(OPTION.interfaceResolution, Uint8Array.of(NANOSECONDS)),
    ]),
  ])
}

function enhancedPacket(packet: CapturedPacket, interfaces: number): Uint8Array {
  if (packet.interface >= interfaces) throw new Error(`a packet of interface ${packet.interface}, of ${interfaces}`)
  const time = BigInt(packet.seconds) * PER_SECOND + BigInt(packet.nanoseconds)
  const { data, direction } = packet
  const flags = direction === null ? [] : [option(OPTION.packetFlags, numbers([4, DIRECTION[direction]]))]
  return block(BLOCK.enhancedPacket, [
    numbers(
      [4, packet.interface],
      [4, Number(time >> 32n)],
      [4, Number(time & 0xffff_ffffn)],
      [4, data.length],
      [4, packet.length],
    ),
    pad(data),
    ...options([...commentOptions(packet.comments), ...flags]),
  ])
}

/** One record an address: Wireshark takes several names of one, but shows the first. */
function nameResolution(names: readonly AddressName[]): Uint8Array[] {
  const records = names.flatMap(({ address, name }) => {
    const bytes = addressBytes(address)
    if (bytes === null) return []
    const type = bytes.length === 4 ? NAME_RECORD.ipv4 : NAME_RECORD.ipv6
    return [option(type, join([bytes, encodeUtf8(name), Uint8Array.of(0)]))]
  })
  return records.length === 0
    ? []
    : [block(BLOCK.nameResolution, [...records, option(NAME_RECORD.end, new Uint8Array())])]
}

function addressBytes(text: string): Uint8Array | null {
  const address = parseAddress(text)
  if (address === null) return null
  const size = address.family === 4 ? 4 : 16
  const value = BigInt(address.value)
  return Uint8Array.from({ length: size }, (_, index) => Number((value >> BigInt(8 * (size - 1 - index))) & 0xffn))
}

const commentOptions = (comments: readonly string[]): Uint8Array[] =>
  comments.map((comment) => option(OPTION.comment, encodeUtf8(comment)))

const options = (list: readonly Uint8Array[]): Uint8Array[] =>
  list.length === 0 ? [] : [...list, option(OPTION.end, new Uint8Array())]

/** An option's length is 16 bits: what is longer is cut. */
function option(code: number, value: Uint8Array): Uint8Array {
  const kept = value.subarray(0, 0xffff)
  return join([numbers([2, code], [2, kept.length]), pad(kept)])
}

function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const body = join(parts)
  const length = body.length + 12
  return join([numbers([4, type], [4, length]), body, numbers([4, length])])
}

/** Little-endian unsigned integers of the given sizes in bytes. */
function numbers(...fields: readonly (readonly [size: number, value: number])[]): Uint8Array {
  const bytes: number[] = []
  for (const [size, value] of fields) for (let at = 0; at < size; at += 1) bytes.push((value >>> (8 * at)) & 0xff)
  return Uint8Array.from(bytes)
}

function pad(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(padded(data.length))
  out.set(data)
  return out
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
