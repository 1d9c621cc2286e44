import { parseIpv4, parseIpv6 } from '../../../net/address.ts'
import { protocolNumber } from '../../../net/protocol-number.ts'
import type { Connection, ConntrackView } from '../../conntrack.ts'
import type { CtTuple } from '../../conntrack-tuple.ts'
import { CT_DIRECTION, CT_STATE, IPV4, IPV6, NFPROTO, NUMBER, PORT, PROTOCOL } from '../datatype.ts'
import { MISSING, type Reader, type ReadResult } from '../value.ts'
import { selectCtStatus } from './ct-status.ts'
import type { Selector } from './selector.ts'

/**
 * Returns what conntrack knows of the packet's connection (linux:net/netfilter/nft_ct.c). Only `ct state` exists for a
 * packet without a connection. Null for what a trace does not have (`expiration`, `helper`, `bytes` ...).
 */
export function selectCt(key: string, direction: 'original' | 'reply' | null): Selector | null {
  if (direction !== null) return selectTuple(key, direction)
  switch (key) {
    case 'state':
      return { type: CT_STATE, read: (run) => stateBits(run.input.conntrack) }
    case 'status':
      return selectCtStatus()
    case 'direction':
      return { type: CT_DIRECTION, read: (run) => directionOf(run.input.conntrack) }
    case 'mark':
      return { type: NUMBER, read: ofConnection(({ mark }) => mark) }
    case 'protocol':
      return { type: PROTOCOL, read: ofConnection(({ protocol }) => protocolNumber(protocol) ?? MISSING) }
    case 'l3proto':
      return { type: NFPROTO, read: ofConnection(({ family }) => (family === 4 ? 2 : 10)) }
    case 'zone':
      return { type: NUMBER, read: ofConnection(({ zone }) => zone) }
    default:
      return null
  }
}

function stateBits(view: ConntrackView | null): number {
  if (view === null) return 1
  return view.connection === null ? 64 : { new: 8, established: 2, related: 4, untracked: 64 }[view.state]
}

function directionOf(view: ConntrackView | null): ReadResult {
  if (view === null || view.connection === null) return MISSING
  return view.direction === 'original' ? 0 : 1
}

function ofConnection(read: (connection: Connection) => ReadResult): Reader {
  return ({ input }) => {
    const connection = input.conntrack?.connection ?? null
    return connection === null ? MISSING : read(connection)
  }
}

/** `ct original ip daddr`, `ct original proto-dst`: the addresses as they were before NAT, or as the answer has them. */
function selectTuple(key: string, direction: 'original' | 'reply'): Selector | null {
  const of = (read: (tuple: CtTuple, connection: Connection) => ReadResult): Reader =>
    ofConnection((connection) => read(connection[direction], connection))
  const address = (family: 4 | 6, side: 'src' | 'dst'): Selector => ({
    type: family === 4 ? IPV4 : IPV6,
    read: of((tuple, connection) => {
      if (connection.family !== family) return MISSING
      return (family === 4 ? parseIpv4(tuple[side]) : parseIpv6(tuple[side])) ?? MISSING
    }),
  })
  switch (key) {
    case 'ip saddr':
      return address(4, 'src')
    case 'ip daddr':
      return address(4, 'dst')
    case 'ip6 saddr':
      return address(6, 'src')
    case 'ip6 daddr':
      return address(6, 'dst')
    case 'proto-src':
      return { type: PORT, read: of((tuple) => tuple.sourcePart) }
    case 'proto-dst':
      return { type: PORT, read: of((tuple) => tuple.destinationPart) }
    case 'protocol':
      return { type: PROTOCOL, read: of((_tuple, { protocol }) => protocolNumber(protocol) ?? MISSING) }
    case 'l3proto':
      return { type: NFPROTO, read: of((_tuple, { family }) => (family === 4 ? 2 : 10)) }
    default:
      return null
  }
}
