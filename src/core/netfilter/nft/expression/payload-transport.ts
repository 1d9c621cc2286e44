import type { Packet } from '../../../net/packet.ts'
import { protocolNumber } from '../../../net/protocol-number.ts'
import { isWhole, packetBytes, readNumber } from '../../packet-bytes.ts'
import { NUMBER, PORT, TCP_FLAGS } from '../datatype.ts'
import { MISSING, type Reader, type ReadResult, unknown } from '../value.ts'
import type { Selector } from './selector.ts'

/**
 * Returns `tcp dport`, `th sport`, `udp length`, `tcp flags`; null for fields that a trace does not have (sequence numbers,
 * checksums). `th` reads the same bytes of any protocol: of one without ports that is not known.
 */
export function selectTransport(protocol: string, field: string): Selector | null {
  const number = protocol === 'th' ? null : protocolNumber(protocol)
  const of = (read: Reader): Reader => {
    return (run) => (number === null || run.input.protocol === number ? read(run) : MISSING)
  }
  switch (field) {
    case 'sport':
      return { type: PORT, read: of((run) => port(run.input.sourcePort, run.input.packet, 0)) }
    case 'dport':
      return { type: PORT, read: of((run) => port(run.input.destinationPort, run.input.packet, 2)) }
    case 'flags':
      return protocol === 'tcp' ? { type: TCP_FLAGS, read: of((run) => flagBits(run.input.packet)) } : null
    case 'length':
      return protocol === 'udp' ? { type: NUMBER, read: of((run) => payloadLength(run.input.packet)) } : null
    default:
      return null
  }
}

function port(value: number, packet: Packet, place: number): ReadResult {
  if (value >= 0) return value
  const number = readNumber(packetBytes(packet), (packet.family === 4 ? 20 : 40) + place, 2)
  if (number === null) return MISSING
  return isWhole(number) ? number.bits : unknown(`where a ${packet.protocol} packet has no port`)
}

function flagBits(packet: Packet): number {
  return (packet.tcpFlags ?? []).reduce((bits, flag) => bits | Number(TCP_FLAGS.parse(flag) ?? 0), 0)
}

function payloadLength(packet: Packet): number {
  return packet.length - (packet.family === 4 ? 20 : 40)
}
