import { parseIpv4, parseIpv6 } from '../../../net/address.ts'
import { DSCP, ECN, IPV4, IPV6, NUMBER, PROTOCOL } from '../datatype.ts'
import { MISSING, type Reader } from '../value.ts'
import type { Selector } from './selector.ts'

/** Returns `ip saddr` and its siblings; null for fields that a trace does not have (`id`, `checksum`). IPv4 only. */
export function selectIpv4(field: string): Selector | null {
  const of = (read: Reader): Reader => {
    return (run) => (run.input.packet.family === 4 ? read(run) : MISSING)
  }
  switch (field) {
    case 'saddr':
      return { type: IPV4, read: of((run) => parseIpv4(run.input.packet.src) ?? MISSING) }
    case 'daddr':
      return { type: IPV4, read: of((run) => parseIpv4(run.input.packet.dst) ?? MISSING) }
    case 'protocol':
      return { type: PROTOCOL, read: of((run) => run.input.protocol) }
    case 'ttl':
      return { type: NUMBER, read: of((run) => run.input.packet.ttl) }
    case 'length':
      return { type: NUMBER, read: of((run) => run.input.packet.length) }
    case 'dscp':
      return { type: DSCP, read: of((run) => (run.input.packet.tos ?? 0) >> 2) }
    case 'ecn':
      return { type: ECN, read: of((run) => (run.input.packet.tos ?? 0) & 3) }
    case 'version':
      return { type: NUMBER, read: of(() => 4) }
    case 'hdrlength':
      return { type: NUMBER, read: of(() => 5) }
    case 'frag-off':
      // A traced packet is whole: of this field only "do not fragment" is ever set.
      return { type: NUMBER, read: of((run) => (run.input.packet.dontFragment ? 0x4000 : 0)) }
    default:
      return null
  }
}

/** Returns `ip6 daddr` and its siblings; null for fields that a trace does not have. IPv6 only. */
export function selectIpv6(field: string): Selector | null {
  const of = (read: Reader): Reader => {
    return (run) => (run.input.packet.family === 6 ? read(run) : MISSING)
  }
  switch (field) {
    case 'saddr':
      return { type: IPV6, read: of((run) => parseIpv6(run.input.packet.src) ?? MISSING) }
    case 'daddr':
      return { type: IPV6, read: of((run) => parseIpv6(run.input.packet.dst) ?? MISSING) }
    case 'nexthdr':
      return { type: PROTOCOL, read: of((run) => run.input.protocol) }
    case 'hoplimit':
      return { type: NUMBER, read: of((run) => run.input.packet.ttl) }
    case 'length':
      return { type: NUMBER, read: of((run) => run.input.packet.length - 40) }
    case 'dscp':
      return { type: DSCP, read: of((run) => (run.input.packet.tos ?? 0) >> 2) }
    case 'ecn':
      return { type: ECN, read: of((run) => (run.input.packet.tos ?? 0) & 3) }
    case 'version':
      return { type: NUMBER, read: of(() => 6) }
    default:
      return null
  }
}
