/**
 * Reads what `tcpdump -i any -y LINUX_SLL2 -w -` writes: the pcap container and the SLL2 header, which names the device
 * by its index and tells whether the packet came in or went out. What is within is left to frame.ts.
 */

export interface CapturedPacket {
  /** Seconds since the epoch. Not for ordering: a bridge's stamp may be a copy of its port's. */
  readonly time: number
  readonly ifindex: number
  /** As the kernel says: 0 to us, 1 broadcast, 2 multicast, 3 to somebody else, 4 outgoing. */
  readonly packetType: number
  readonly etherType: number
  readonly sourceMac: string
  readonly payload: Buffer
}

const linkTypeSll2 = 276
const fileHeader = 24
const recordHeader = 16
const sll2Header = 20

/**
 * Takes a capture apart. A last record that is cut short is left out: tcpdump was stopped in the middle of writing it.
 */
export function readPcap(data: Buffer): CapturedPacket[] {
  if (data.length < fileHeader) return []
  if (data.readUInt32LE(0) !== 0xa1b2c3d4) throw new Error('Not a pcap of a little-endian machine with microseconds')
  if (data.readUInt32LE(20) !== linkTypeSll2) throw new Error(`Link type ${data.readUInt32LE(20)} is not LINUX_SLL2`)
  const packets: CapturedPacket[] = []
  let at = fileHeader
  while (at + recordHeader <= data.length) {
    const end = at + recordHeader + data.readUInt32LE(at + 8)
    if (end > data.length) break
    const time = data.readUInt32LE(at) + data.readUInt32LE(at + 4) / 1e6
    packets.push(readSll2(time, data.subarray(at + recordHeader, end)))
    at = end
  }
  return packets
}

function readSll2(time: number, record: Buffer): CapturedPacket {
  const macLength = record.readUInt8(11)
  return {
    time,
    etherType: record.readUInt16BE(0),
    ifindex: record.readUInt32BE(4),
    packetType: record.readUInt8(10),
    sourceMac: [...record.subarray(12, 12 + Math.min(macLength, 8))].map(hexByte).join(':'),
    payload: record.subarray(sll2Header),
  }
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
