import type { Engine, World } from '../../lab/index.ts'
import { ip, setSysctls } from '../../lab/world.ts'

/** A machine of the LAN that routes to the containers' subnets by way of the host. */
export const client = '198.51.100.201'

/** A SYN is answered once: on a busy machine the second answer, after a second, would fall into what is seen of the first. */
export const once = { 'net/ipv4/tcp_synack_retries': '0' }

/** The second address of the host's NIC: the first with 100 added. */
export function secondAddress(address: string): string {
  const parts = address.split('.')
  return [...parts.slice(0, 3), Number(parts[3]) + 100].join('.')
}

/** A second router that forwards what comes to it and loses without a word what is for nobody, and the client's own address, table and way to the containers. */
export async function prepareWorld(world: World): Promise<void> {
  await ip(world.netns, ['addr add 198.51.100.2/24 dev lan0', 'route add blackhole default'])
  await setSysctls(world.netns, {
    'net/ipv4/conf/all/send_redirects': '0',
    'net/ipv4/conf/lan0/send_redirects': '0',
    'net/ipv4/ip_forward': '1',
    ...once,
  })
  await setSysctls(world.clientNetns, once)
  await ip(world.clientNetns, [`addr add ${client}/24 dev eth0`, `rule add from ${client} lookup 100`])
}

/** A second address, no limit on ICMP errors, and machines outside that know the host's MAC and route to its containers. */
export async function prepareEngine(engine: Engine): Promise<void> {
  const { world, address, netns, nic } = engine
  await ip(netns, [`addr add ${secondAddress(address)}/24 dev ${nic}`])
  await setSysctls(netns, { 'net/ipv4/icmp_ratelimit': '0', ...once })
  const links = JSON.parse(await engine.nsenter(['ip', '-j', 'link', 'show', nic])) as { address: string }[]
  const known = (device: string): string[] =>
    [address, secondAddress(address)].map(
      (own) => `neigh replace ${own} lladdr ${links[0]?.address ?? ''} nud permanent dev ${device}`,
    )
  await ip(world.netns, known('lan0'))
  await ip(world.clientNetns, [
    ...known('eth0'),
    'route replace table 100 198.51.100.0/24 dev eth0 scope link',
    `route replace table 100 172.16.0.0/12 via ${address} dev eth0`,
  ])
}
