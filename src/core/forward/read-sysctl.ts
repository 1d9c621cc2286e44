import type { NetNamespace } from '../host/namespace.ts'

/** Returns a sysctl as a number; `missing` when it was not there or is not a number. */
export function readSysctl(netns: NetNamespace, path: string, missing: number): number {
  const text = netns.sysctls[path]
  if (text === undefined) return missing
  const value = Number.parseInt(text, 10)
  return Number.isNaN(value) ? missing : value
}

/** Returns the larger of `conf/all` and `conf/DEVICE`, as IN_DEV_MAXCONF does (linux:include/linux/inetdevice.h). */
export function readMaxConf(netns: NetNamespace, device: string, name: string): number {
  return readOnce(netns, device, name, maxConf)
}

function maxConf(netns: NetNamespace, device: string, name: string): number {
  const all = readSysctl(netns, `ipv4/conf/all/${name}`, 0)
  return Math.max(all, readSysctl(netns, `ipv4/conf/${device}/${name}`, 0))
}

/** Each packet asks for the same few settings at each device; their paths are put together and read once. */
function readOnce(netns: NetNamespace, device: string, name: string, read: typeof maxConf): number {
  const known = confOf(netns, name)
  let value = known.get(device)
  if (value === undefined) known.set(device, (value = read(netns, device, name)))
  return value
}

const confs = new WeakMap<NetNamespace, Map<string, Map<string, number>>>()

function confOf(netns: NetNamespace, name: string): Map<string, number> {
  let byName = confs.get(netns)
  if (byName === undefined) confs.set(netns, (byName = new Map()))
  let byDevice = byName.get(name)
  if (byDevice === undefined) byName.set(name, (byDevice = new Map()))
  return byDevice
}

/**
 * Returns whether packets that arrive on a device may be routed on. IPv4 looks at the device's own switch (writing
 * `ip_forward` sets all of them), IPv6 at the device's as well since 2.6 (linux:net/ipv6/ip6_output.c uses `all`).
 */
export function isForwarding(netns: NetNamespace, family: 4 | 6, device: string): boolean {
  if (family === 6) return readSysctl(netns, 'ipv6/conf/all/forwarding', 0) > 0
  return readOnce(netns, device, 'ipv4/ip_forward', ownForwarding) === 1
}

function ownForwarding(netns: NetNamespace, device: string, everywhere: string): number {
  return readSysctl(netns, `ipv4/conf/${device}/forwarding`, readSysctl(netns, everywhere, 0))
}

/** Returns whether bridged frames of a family visit the IP hooks: br_netfilter's sysctl or the bridge's own switch. */
export function callsIptables(
  netns: NetNamespace,
  family: 4 | 6,
  bridge: { nfCallIptables: boolean; nfCallIp6tables: boolean } | undefined,
): boolean {
  const path = family === 4 ? 'bridge/bridge-nf-call-iptables' : 'bridge/bridge-nf-call-ip6tables'
  const own = family === 4 ? bridge?.nfCallIptables : bridge?.nfCallIp6tables
  return readSysctl(netns, path, 0) === 1 || own === true
}
