/** Bytes of packets and captures, for tests of what reads them. */

type Ipv4 = {
  readonly src: string
  readonly dst: string
  readonly ttl?: number
  readonly id?: number
  readonly fragment?: number
}

const bytesOf = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]))

const u16 = (value: number): readonly number[] => [(value >> 8) & 0xff, value & 0xff]
const u32 = (value: number): readonly number[] => [...u16(value >>> 16), ...u16(value)]
const address = (text: string): readonly number[] => text.split('.').map(Number)

/** An IPv4 packet around the bytes of another protocol. */
export function ipv4(protocol: number, header: Ipv4, body: Uint8Array): Uint8Array {
  const { src, dst, ttl = 64, id = 7, fragment = 0 } = header
  const head = [0x45, 0, ...u16(20 + body.length), ...u16(id), ...u16(fragment), ttl, protocol, 0, 0]
  return bytesOf(head, address(src), address(dst), body)
}

const FLAGS = { syn: 0x02, ack: 0x10, rst: 0x04, fin: 0x01 } as const

/** A TCP header and its payload. */
export function tcp(
  sport: number,
  dport: number,
  flags: readonly (keyof typeof FLAGS)[],
  seq = 1,
  ack = 0,
  payload: readonly number[] = [],
): Uint8Array {
  const bits = flags.reduce((sum, flag) => sum | FLAGS[flag], 0)
  return bytesOf(u16(sport), u16(dport), u32(seq), u32(ack), [0x50, bits, 0xff, 0xff, 0, 0, 0, 0], payload)
}

export function udp(sport: number, dport: number, payload: readonly number[] = []): Uint8Array {
  return bytesOf(u16(sport), u16(dport), u16(8 + payload.length), [0, 0], payload)
}

/** An ICMP echo, or an error (type 3) whose `rest` is the packet that it quotes. */
export function icmp(
  type: number,
  id: number,
  sequence: number,
  rest: Uint8Array | readonly number[] = [],
): Uint8Array {
  return bytesOf([type, 0, 0, 0], u16(id), u16(sequence), rest)
}

/** The header of `-i any`: `way` is 0 to us, 3 to another host, 4 outgoing. */
export function sll2(deviceIndex: number, way: 0 | 3 | 4, packet: Uint8Array, etherType = 0x0800): Uint8Array {
  const mac = [2, 0, 0, 0, 0, 1, 0, 0]
  return bytesOf(u16(etherType), [0, 0], u32(deviceIndex), [0, 1, way, 6], mac, packet)
}

export function ethernet(source: string, destination: string, packet: Uint8Array, etherType = 0x0800): Uint8Array {
  const mac = (text: string): readonly number[] => text.split(':').map((part) => Number.parseInt(part, 16))
  return bytesOf(mac(destination), mac(source), u16(etherType), packet)
}

/** One packet in a capture. */
export interface Recorded {
  readonly seconds: number
  readonly nanoseconds: number
  readonly bytes: Uint8Array
}

/** What `tcpdump -y LINUX_SLL2 --time-stamp-precision nano -w -` writes on a little-endian machine. */
export function pcap(records: readonly Recorded[], linkType = 276): Uint8Array {
  const little = (value: number): readonly number[] => [...u32(value)].reverse()
  const head = bytesOf(little(0xa1b23c4d), [2, 0, 4, 0], little(0), little(0), little(262144), little(linkType))
  const packets = records.map(({ seconds, nanoseconds, bytes }) =>
    bytesOf(little(seconds), little(nanoseconds), little(bytes.length), little(bytes.length), bytes),
  )
  return bytesOf(head, ...packets)
}
