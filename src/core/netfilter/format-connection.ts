import type { Connection } from './conntrack.ts'
import type { CtTuple } from './conntrack-tuple.ts'

/** Returns a connection in the words of `conntrack -L`, without timers: `tcp src=... dst=... [UNREPLIED] src=...`. */
export function formatConnection(connection: Connection): string {
  const original = formatTuple(connection, connection.original)
  const reply = formatTuple(connection, connection.reply)
  return `${connection.protocol} ${original}${connection.seenReply ? '' : ' [UNREPLIED]'} ${reply}`
}

function formatTuple(connection: Connection, tuple: CtTuple): string {
  const addresses = `src=${tuple.src} dst=${tuple.dst}`
  if (connection.protocol === 'icmp' || connection.protocol === 'icmpv6') {
    return `${addresses} type=${tuple.destinationPart >> 8} code=${tuple.destinationPart & 255} id=${tuple.sourcePart}`
  }
  if (tuple.sourcePart === 0 && tuple.destinationPart === 0) return addresses
  return `${addresses} sport=${tuple.sourcePart} dport=${tuple.destinationPart}`
}
