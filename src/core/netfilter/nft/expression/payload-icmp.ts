import type { IcmpHeader } from '../../../net/packet.ts'
import { type Datatype, ICMP_CODE, ICMP_TYPE, ICMPV6_CODE, ICMPV6_TYPE, NUMBER } from '../datatype.ts'
import { MISSING, type Reader, unknown } from '../value.ts'
import type { Selector } from './selector.ts'

/** Returns `icmp type`, `icmpv6 code`, `icmp id`; null for fields that a trace does not have. */
export function selectIcmp(protocol: 'icmp' | 'icmpv6', field: string): Selector | null {
  const [types, codes] = protocol === 'icmp' ? [ICMP_TYPE, ICMP_CODE] : [ICMPV6_TYPE, ICMPV6_CODE]
  const family = protocol === 'icmp' ? 4 : 6
  const select = (type: Datatype, pick: (icmp: IcmpHeader) => number | undefined): Selector => {
    const read: Reader = ({ input }) => {
      const { packet } = input
      if (packet.family !== family || packet.protocol !== protocol) return MISSING
      const value = packet.icmp === undefined ? undefined : pick(packet.icmp)
      return value ?? unknown(`the ${field} of this ${protocol} message`)
    }
    return { type, read }
  }
  switch (field) {
    case 'type':
      return select(types, ({ type }) => type)
    case 'code':
      return select(codes, ({ code }) => code)
    case 'id':
      return select(NUMBER, ({ id }) => id)
    case 'sequence':
      return select(NUMBER, ({ sequence }) => sequence)
    case 'mtu':
      return select(NUMBER, ({ mtu }) => mtu)
    default:
      return null
  }
}
