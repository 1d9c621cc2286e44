/** Neighbours stay what they were when the host was read: asked at once when in doubt, then known for an hour. */
export const steadyNeighbors = (device: string): Record<string, string> => ({
  [`net/ipv4/neigh/${device}/delay_first_probe_time`]: '0',
  [`net/ipv4/neigh/${device}/base_reachable_time_ms`]: '3600000',
  [`net/ipv6/neigh/${device}/delay_first_probe_time`]: '0',
  [`net/ipv6/neigh/${device}/base_reachable_time_ms`]: '3600000',
})

/**
 * Each probe gets its ICMP error, where a real host would send one a second; and nobody repeats what was not answered,
 * which would fall into the time of a later probe.
 */
export const quietSysctls = {
  'net/ipv4/icmp_ratelimit': '0',
  'net/ipv6/icmp/ratelimit': '0',
  'net/ipv4/tcp_synack_retries': '0',
  'net/ipv4/tcp_syn_retries': '1',
  'net/ipv4/tcp_retries2': '1',
  'net/ipv4/tcp_orphan_retries': '1',
}

/** A container's device asks for no router, and doubts its neighbours as seldom as the host does. */
export const quietDevice = (device: string): Record<string, string> => ({
  ...steadyNeighbors(device),
  [`net/ipv6/conf/${device}/router_solicitations`]: '0',
})
