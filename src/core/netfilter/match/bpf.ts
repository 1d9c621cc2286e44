import type { Match } from '../../host/match.ts'
import type { MatchInput } from '../match-input.ts'
import { packetBytes } from '../packet-bytes.ts'
import { runBpf } from '../run-bpf.ts'
import { type Matcher, NO, type OfKind, UNDECIDED, undecided, YES } from './matcher.ts'

/**
 * `-m bpf --bytecode "4,48 0 0 9,..."`: a program of classic BPF that reads the packet from its IP header on and holds where
 * it returns anything but 0 (linux:net/netfilter/xt_bpf.c). Undecided where that depends on bytes that are not known.
 */
export function matchBpf(match: OfKind<Match, 'bpf'>): Matcher {
  return (input) => {
    const result = runBpf(match.program, packetBytes(input.packet), (field) => besidePacket(input, field))
    if (result === 'unknown') return undecided(input, `${match.text} reads bytes of the packet that are not known`)
    if (result === 'invalid') return UNDECIDED
    return result === 'accept' ? YES : NO
  }
}

/** What lies beside the packet, by its place behind SKF_AD_OFF (linux:include/uapi/linux/filter.h). */
function besidePacket(input: MatchInput, field: number): number | null {
  switch (field) {
    case 0:
      return input.packet.family === 4 ? 0x800 : 0x86dd
    case 20:
      return input.mark
    default:
      return null
  }
}
