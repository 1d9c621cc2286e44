import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startDaemon } from '../lab/daemon.ts'
import type { Engine, World } from '../lab/index.ts'
import { run } from '../lab/run-command.ts'
import { ip, setSysctls, untilListens } from '../lab/world.ts'
import { quietSysctls, steadyNeighbors } from './steady.ts'

/** A machine of the LAN that routes to the containers' subnets. */
export const routingNeighbor = '198.51.100.201'

/** An address of the LAN that nobody has, of which each host knows so. */
export const nobody = '198.51.100.77'

/** Another way to the internet. */
export const secondRouter = '198.51.100.2'

/** The second address of the host's NIC: the first with 100 added. */
export function secondAddress(address: string): string {
  const parts = address.split('.')
  return [...parts.slice(0, 3), Number(parts[3]) + 100].join('.')
}

/** The machines outside in IPv6: as those of IPv4, but the lab gives them no more than addresses on the LAN. */
export const outside6 = {
  router: '2001:db8:51::1',
  lanClient: '2001:db8:51::200',
  routingNeighbor: '2001:db8:51::201',
  webServer: '2001:db8:80::80',
  answering: ['2001:db8:51::1', '2001:db8:51::200', '2001:db8:51::201', '2001:db8:80::80'],
} as const

/** The host's first or second address in IPv6: that of IPv4 says the last number. */
export const hostAddress6 = (address: string): string => `2001:db8:51::${address.split('.')[3] ?? ''}`

/** What every topology of an engine finds: a second address, no limit on ICMP errors, machines outside that know it. */
export async function prepareEngine(engine: Engine): Promise<void> {
  const second = secondAddress(engine.address)
  await ip(engine.netns, [
    `addr add ${second}/24 dev ${engine.nic}`,
    `addr add ${hostAddress6(second)}/64 dev ${engine.nic} nodad`,
    `route add default via ${outside6.router} dev ${engine.nic}`,
  ])
  await setSysctls(engine.netns, quietSysctls)
  for (const device of ['docker0', engine.nic]) await setSysctls(engine.netns, steadyNeighbors(device))
  // How often a sender is told of a shorter way depends on all that it has sent before.
  for (const device of ['all', 'default', 'docker0', engine.nic])
    await setSysctls(engine.netns, { [`net/ipv4/conf/${device}/send_redirects`]: '0' })
  const { world } = engine
  await routeToContainers(engine)
  // It finds the host even while the host answers no ARP, as with a blackhole route to it: what is outside is not on trial.
  const links = JSON.parse(await engine.nsenter(['ip', '-j', 'link', 'show', engine.nic])) as { address: string }[]
  const known = (device: string): string[] =>
    [engine.address, second, hostAddress6(engine.address), hostAddress6(second)].map(
      (address) => `neigh replace ${address} lladdr ${links[0]?.address ?? ''} nud permanent dev ${device}`,
    )
  await ip(world.clientNetns, known('eth0'))
  await ip(world.netns, known('lan0'))
}

/**
 * What every engine finds outside: a second router, and a neighbour that was told to reach containers by way of the host.
 * That one has an address of its own, so that the others do not answer packets that left without NAT.
 */
export async function prepareWorld(world: World): Promise<void> {
  await ip(world.netns, [`addr add ${secondRouter}/24 dev lan0`, 'route add blackhole default'])
  // What comes back by the second router goes on to where it belongs, and what is for nobody is lost without a word.
  const quiet = ['all', 'default', 'lan0'].map((device) => [`net/ipv4/conf/${device}/send_redirects`, '0'] as const)
  await setSysctls(world.netns, { 'net/ipv4/ip_forward': '1', ...Object.fromEntries(quiet) })
  await ip(world.clientNetns, [
    `addr add ${routingNeighbor}/24 dev eth0`,
    `rule add from ${routingNeighbor} lookup 100`,
    `addr add ${outside6.routingNeighbor}/64 dev eth0 nodad preferred_lft 0`,
  ])
  // In a batch `ip` takes rules for those of IPv4.
  const rule = ['-6', 'rule', 'add', 'from', outside6.routingNeighbor, 'lookup', '100']
  await run(['nsenter', `--net=${world.clientNetns}`, 'ip', ...rule])
  // A router outside that discards a packet at its last hop is nothing that a host could know: this one sends all on.
  for (const [program, option] of [
    ['iptables', 'TTL --ttl-inc'],
    ['ip6tables', 'HL --hl-inc'],
  ] as const) {
    const words = ['-t', 'mangle', '-A', 'PREROUTING', '-i', 'lan0', '-j', ...option.split(' '), '1']
    await run(['nsenter', `--net=${world.netns}`, program, ...words])
  }
  // "No route" is told of IPv6 by whoever has none, router or not.
  await ip(world.netns, [`addr add ${outside6.webServer}/128 dev lo`, 'route add blackhole ::/0'])
  await serve6(world, world.netns, [outside6.router, outside6.webServer])
  await serve6(world, world.clientNetns, [outside6.lanClient, outside6.routingNeighbor])
  // A second answer to a SYN would fall into what is counted of the probe when counting takes a second.
  const once = { 'net/ipv6/icmp/ratelimit': '0', 'net/ipv4/tcp_synack_retries': '0' }
  for (const path of [world.netns, world.clientNetns]) await setSysctls(path, once)
  // What the second address of a host is told of its neighbours goes by the same timers as all else.
  await setSysctls(world.netns, steadyNeighbors('lan0'))
  await setSysctls(world.clientNetns, steadyNeighbors('eth0'))
}

const serveScript = fileURLToPath(new URL('../lab/serve.py', import.meta.url))

/** What the lab's machines answer in IPv4, in IPv6: TCP 80 and a UDP echo on 7. */
async function serve6(world: World, netns: string, addresses: readonly string[]): Promise<void> {
  const sockets = addresses.flatMap((address) => ['--tcp', `[${address}]:80`, '--udp', `[${address}]:7`])
  const argv = ['nsenter', `--net=${netns}`, 'python3', serveScript, ...sockets]
  startDaemon(world.ledger, argv, join(world.directory, `serve6-${addresses[0] ?? ''}.log`))
  for (const address of addresses) await untilListens(netns, `[${address}]:80`)
}

/** Lets the neighbour route to the containers of that engine from now on. */
async function routeToContainers(engine: Engine): Promise<void> {
  const nets = ['172.16.0.0/12', '10.40.0.0/13', '192.168.128.0/18']
  const six = ['fd00:66::/32', '2001:db8:60::/44'].map((net) => `${net} via ${hostAddress6(engine.address)} dev eth0`)
  const routes = [
    '198.51.100.0/24 dev eth0 scope link',
    ...nets.map((net) => `${net} via ${engine.address} dev eth0`),
    '2001:db8:51::/64 dev eth0',
    ...six,
  ]
  await ip(
    engine.world.clientNetns,
    routes.map((route) => `route replace table 100 ${route}`),
  )
}
