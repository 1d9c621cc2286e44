/**
 * The raw outputs from which parsers are written and tested: what the tools print in each namespace of a host, word for
 * word, one file a command. A file NAME.status beside it holds the exit status when that is not 0.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finish, run } from './run-command.ts'

const sysctlGlobs = [
  'net/ipv4/{ip_forward,icmp_ratelimit,icmp_ratemask,ip_local_port_range,ip_default_ttl,icmp_echo_ignore_all}',
  'net/ipv4/conf/*/{forwarding,rp_filter,route_localnet,accept_local,arp_ignore,arp_filter,proxy_arp,send_redirects}',
  'net/ipv4/conf/*/{shared_media,ignore_routes_with_linkdown,accept_redirects,log_martians}',
  'net/ipv6/conf/*/{forwarding,disable_ipv6,accept_ra}',
  'net/bridge/*',
  'net/netfilter/{nf_conntrack_tcp_loose,nf_conntrack_max}',
]
// One grep prints them all as PATH:VALUE; a `sysctl -a` is thirty times slower.
const sysctls = `cd /proc/sys && grep -H '' ${sysctlGlobs.join(' ')} 2>/dev/null; true`

/** File name -> command. Run by bash with its braces, in the namespace. */
const commands: Readonly<Record<string, string>> = {
  'ip-link.json': 'ip -j -d -s link',
  'ip-addr.json': 'ip -j addr',
  'ip-route-4.json': 'ip -j -4 route show table all',
  'ip-route-6.json': 'ip -j -6 route show table all',
  'ip-rule-4.json': 'ip -j rule',
  'ip-rule-6.json': 'ip -j -6 rule',
  'ip-neigh.json': 'ip -j neigh',
  'ip-nexthop.json': 'ip -j nexthop',
  'bridge-fdb.json': 'bridge -j fdb',
  'bridge-link.json': 'bridge -j -d link',
  'bridge-vlan.json': 'bridge -j vlan',
  'iptables-save.txt': 'iptables-save -c',
  'ip6tables-save.txt': 'ip6tables-save -c',
  'ip-tables-names.txt': 'cat /proc/net/ip_tables_names',
  'nft-ruleset.json': 'nft -j -a list ruleset',
  'nft-ruleset.txt': 'nft -a list ruleset',
  'conntrack.txt': 'conntrack -L -o extended',
  'ss.txt': 'ss -HOnltup',
  'tc-filter.json': 'tc -j filter',
  'sysctls.txt': sysctls,
}

/** What is needed of an engine; the CLI reads it from the state file of another process. */
export interface RawSource {
  readonly generation: string
  readonly socket: string
  readonly netns: string
  readonly pid: number
}

/**
 * Writes DIR/GENERATION/NAMESPACE/FILE for the host and each container, and DIR/GENERATION/docker/*.json for the API's
 * own view (containers, networks, info, version). Gives the namespaces' names.
 */
export async function writeRaw(engine: RawSource, directory: string): Promise<string[]> {
  const folder = join(directory, engine.generation)
  await mkdir(join(folder, 'docker'), { recursive: true })
  const docker = (...args: string[]): Promise<string> => run(['docker', '-H', `unix://${engine.socket}`, ...args])
  const containers = (await docker('ps', '-q', '--no-trunc')).split('\n').filter(Boolean)
  const networks = (await docker('network', 'ls', '-q', '--no-trunc')).split('\n').filter(Boolean)
  const inspected = containers.length === 0 ? '[]' : await docker('inspect', ...containers)
  await writeFile(join(folder, 'docker', 'containers.json'), inspected)
  await writeFile(join(folder, 'docker', 'networks.json'), await docker('network', 'inspect', ...networks))
  await writeFile(join(folder, 'docker', 'info.json'), await docker('info', '--format', '{{json .}}'))
  await writeFile(join(folder, 'docker', 'version.json'), await docker('version', '--format', '{{json .}}'))
  const namespaces = new Map([['host', engine.netns]])
  for (const container of JSON.parse(inspected) as { Name: string; State: { Pid: number } }[]) {
    namespaces.set(
      `container-${container.Name.slice(1)}`,
      `/proc/${engine.pid}/root/proc/${container.State.Pid}/ns/net`,
    )
  }
  for (const [name, netns] of namespaces) await writeNamespace(netns, join(folder, name))
  return [...namespaces.keys()]
}

async function writeNamespace(netns: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [file, command] of Object.entries(commands)) {
    // Node's pipes are sockets, and bash with a socket as its input reads ~/.bashrc unless told not to.
    const done = await finish(['nsenter', `--net=${netns}`, 'bash', '--norc', '-c', command])
    await writeFile(join(folder, file), done.stdout)
    if (done.status !== 0) await writeFile(join(folder, `${file}.status`), `${done.status}\n${done.stderr}`)
  }
}
