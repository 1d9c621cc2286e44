import type { MatchInput } from '../../match-input.ts'
import { packetBytes } from '../../packet-bytes.ts'
import { NUMBER } from '../datatype.ts'
import { MISSING, type ReadResult, unknown } from '../value.ts'
import type { Selector } from './selector.ts'

type Base = 'll' | 'nh' | 'th' | 'ih'

/**
 * Returns `@nh,96,32`: bits of the packet by their place behind the IP header's begin, the transport header's, or the payload's
 * (linux:net/netfilter/nft_payload.c). Unknown where a trace does not have them
 * all, and for more than 32; a packet that ends before has none.
 */
export function selectRawPayload(base: Base, offset: number, length: number): Selector {
  return { type: NUMBER, read: ({ input }) => readBits(input, base, offset, length) }
}

function readBits(input: MatchInput, base: Base, offset: number, length: number): ReadResult {
  const { packet } = input
  const what = unknown(`@${base},${offset},${length}`)
  const header = packet.family === 4 ? 20 : 40
  if (base === 'll' || base === 'ih' || length > 32) return what
  const bytes = packetBytes(packet)
  const first = (base === 'th' ? header : 0) * 8 + offset
  const end = Math.ceil((first + length) / 8)
  if (end > bytes.length) return MISSING
  let value = 0
  for (let place = Math.floor(first / 8); place < end; place++) {
    const byte = bytes.at(place)
    if (byte === null) return what
    value = value * 256 + byte
  }
  return Math.floor(value / 2 ** (end * 8 - first - length)) % 2 ** length
}
