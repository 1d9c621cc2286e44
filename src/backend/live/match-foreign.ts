/**
 * Words that match a packet of somebody else's, for tcpdump and nft, known only by where it goes. As in match-probe.ts
 * only headers are looked at.
 */

/** What is waited for: packets to one of the places, which are one place before and after translation. */
export interface ForeignMarks {
  readonly family: 4 | 6
  readonly protocol: 'icmp' | 'tcp' | 'udp'
  /** Where it may come from; null for anywhere. */
  readonly from: string | null
  readonly places: readonly { readonly address: string; readonly port: number }[]
}

/** Returns the filter for tcpdump: what goes to the places and comes from them, and the questions for neighbours. */
export function foreignFilter({ family, protocol, from, places }: ForeignMarks): string {
  const source = from === null ? '' : ` and host ${from}`
  const echo = family === 4 ? '(icmp[0] = 8 or icmp[0] = 0)' : '(ip6[40] = 128 or ip6[40] = 129)'
  const packets = places.map(({ address, port }) => {
    if (protocol === 'icmp') return `(${family === 4 ? 'icmp' : 'icmp6'} and host ${address}${source} and ${echo})`
    return `(host ${address} and ${protocol} port ${port}${source})`
  })
  const neighbors = family === 4 ? 'arp' : '(icmp6 and ip6[40] >= 135 and ip6[40] <= 137)'
  return [...packets, neighbors].join(' or ')
}

/** Returns the matches for nft, one a rule. */
export function foreignMatches({ family, protocol, from, places }: ForeignMarks): readonly string[] {
  const ip = family === 4 ? 'ip' : 'ip6'
  const icmp = family === 4 ? 'icmp' : 'icmpv6'
  const there = from === null ? '' : ` ${ip} saddr ${from}`
  const back = from === null ? '' : ` ${ip} daddr ${from}`
  return places.flatMap(({ address, port }) =>
    protocol === 'icmp'
      ? [
          `${ip} daddr ${address}${there} ${icmp} type echo-request`,
          `${ip} saddr ${address}${back} ${icmp} type echo-reply`,
        ]
      : [
          `${ip} daddr ${address}${there} ${protocol} dport ${port}`,
          `${ip} saddr ${address}${back} ${protocol} sport ${port}`,
        ],
  )
}
