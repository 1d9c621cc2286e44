/** What decides a namespace's sysctls. */
export interface SysctlSpec {
  readonly devices: readonly string[]
  readonly forwarding: boolean
  readonly forwardingSix: boolean
  /** Whether br_netfilter is loaded, and what its two switches are at. */
  readonly bridgeNetfilter: { readonly ip: boolean; readonly ip6: boolean } | null
  readonly unprivilegedPort: 0 | 1024
  /** Devices, `all` and `default` included, that have no IPv6. */
  readonly withoutSix: readonly string[]
  /** Devices for which addresses of 127.0.0.0/8 are like others. */
  readonly routeLocalnet: readonly string[]
  /** Devices that do not listen to routers. */
  readonly withoutRouters: readonly string[]
}

/** A kernel's defaults, for what a packet's way depends on. */
const PLAIN: Readonly<Record<string, string>> = {
  'ipv4/ip_default_ttl': '64',
  'ipv4/ip_local_port_range': '32768\t60999',
  'ipv4/ip_nonlocal_bind': '0',
  'ipv4/icmp_ratelimit': '1000',
  'ipv4/icmp_ratemask': '6168',
  'ipv4/icmp_echo_ignore_all': '0',
  'ipv4/icmp_echo_ignore_broadcasts': '1',
  'ipv4/fwmark_reflect': '0',
  'ipv4/fib_multipath_hash_policy': '0',
  'ipv4/ip_forward_use_pmtu': '0',
  'ipv6/bindv6only': '0',
  'netfilter/nf_conntrack_tcp_loose': '1',
  'netfilter/nf_conntrack_max': '262144',
  'netfilter/nf_conntrack_count': '0',
}

const ZERO = [
  'rp_filter',
  'accept_local',
  'arp_ignore',
  'arp_filter',
  'arp_announce',
  'proxy_arp',
  'src_valid_mark',
  'ignore_routes_with_linkdown',
  'drop_gratuitous_arp',
] as const

const bit = (on: boolean): string => (on ? '1' : '0')

/** Returns the sysctls that a reader of the namespace would find. */
export function makeSysctls(spec: SysctlSpec): Readonly<Record<string, string>> {
  const values: Record<string, string> = {
    ...PLAIN,
    'ipv4/ip_forward': bit(spec.forwarding),
    'ipv4/ip_unprivileged_port_start': String(spec.unprivilegedPort),
    ...bridgeSysctls(spec.bridgeNetfilter),
  }
  for (const device of ['all', 'default', ...spec.devices]) Object.assign(values, deviceSysctls(spec, device))
  return values
}

function bridgeSysctls(loaded: SysctlSpec['bridgeNetfilter']): Readonly<Record<string, string>> {
  if (loaded === null) return {}
  return {
    'bridge/bridge-nf-call-arptables': '1',
    'bridge/bridge-nf-call-ip6tables': bit(loaded.ip6),
    'bridge/bridge-nf-call-iptables': bit(loaded.ip),
    'bridge/bridge-nf-filter-pppoe-tagged': '0',
    'bridge/bridge-nf-filter-vlan-tagged': '0',
    'bridge/bridge-nf-pass-vlan-input-dev': '0',
  }
}

function deviceSysctls(spec: SysctlSpec, device: string): Readonly<Record<string, string>> {
  const four = `ipv4/conf/${device}`
  const six = `ipv6/conf/${device}`
  return {
    ...Object.fromEntries(ZERO.map((name) => [`${four}/${name}`, '0'])),
    [`${four}/forwarding`]: bit(spec.forwarding),
    [`${four}/route_localnet`]: bit(spec.routeLocalnet.includes(device)),
    [`${four}/send_redirects`]: '1',
    [`${four}/shared_media`]: '1',
    [`${four}/disable_policy`]: bit(device === 'lo'),
    [`${six}/forwarding`]: bit(spec.forwardingSix),
    [`${six}/disable_ipv6`]: bit(spec.withoutSix.includes(device)),
    [`${six}/accept_ra`]: bit(!spec.withoutRouters.includes(device)),
    [`${six}/proxy_ndp`]: '0',
  }
}
