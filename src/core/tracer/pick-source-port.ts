import type { PreparedHost, PreparedNamespace } from './prepare-host.ts'

/** Where the search for a free port (ICMP: echo id) begins: inside Linux's usual range of ephemeral ports. */
const FIRST = { icmp: 1, tcp: 40000, udp: 40000, dns: 45000 } as const

/**
 * Returns a source port (ICMP: an echo id) that no tracked connection of the sender or the host uses, so that the traced
 * packet is the first of a connection of its own. The same state gives the same port.
 */
export function pickSourcePort(host: PreparedHost, ns: PreparedNamespace, protocol: 'icmp' | 'tcp' | 'udp'): number {
  return firstFree(usedPorts(host, ns, protocol), FIRST[protocol])
}

/** As `pickSourcePort`, for the question before which `earlier` others were asked in the same report. */
export function pickQuestionPort(host: PreparedHost, ns: PreparedNamespace, earlier: number): number {
  const used = usedPorts(host, ns, 'udp')
  let port = firstFree(used, FIRST.dns)
  for (let count = 0; count < earlier; count += 1) port = firstFree(used, port + 1)
  return port
}

function usedPorts(host: PreparedHost, ns: PreparedNamespace, protocol: 'icmp' | 'tcp' | 'udp'): ReadonlySet<number> {
  const used = new Set<number>()
  for (const each of ns === host.root ? [ns] : [ns, host.root]) {
    for (const entry of each.netns.conntrack ?? []) {
      if (entry.protocol !== protocol) continue
      if (entry.original.sourcePort !== undefined) used.add(entry.original.sourcePort)
      if (entry.reply.destinationPort !== undefined) used.add(entry.reply.destinationPort)
    }
  }
  return used
}

function firstFree(used: ReadonlySet<number>, from: number): number {
  let port = from
  while (used.has(port)) port += 1
  return port
}
