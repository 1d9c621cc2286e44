/**
 * The LAN and the internet of a lab: two namespaces that no packet of the machine's own ever meets.
 *
 *     world   bridge lan0, 198.51.100.1/24: every host's NIC and the LAN client are plugged in here
 *             lo 203.0.113.80: web server (TCP 80) and UDP echo (7); lo 203.0.113.53: DNS
 *     client  eth0 198.51.100.200/24: another machine on the LAN, which also answers TCP 80 and UDP 7
 *
 * All addresses are documentation ranges.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requireLab } from './cache.ts'
import { startDaemon, waitForDaemon } from './daemon.ts'
import { Ledger } from './ledger.ts'
import { onceMore } from './once-more.ts'
import { PATIENCE_MS, run, runNow } from './run-command.ts'
import { dataRoot, sweep } from './sweep.ts'

export const lanRouter = '198.51.100.1'
export const lanClient = '198.51.100.200'
export const webServer = '203.0.113.80'
export const dnsServer = '203.0.113.53'
export const udpEchoPort = 7

const serveScript = fileURLToPath(new URL('serve.py', import.meta.url))

export interface World {
  readonly name: string
  /** Path of the namespace that holds the LAN's bridge and the internet's addresses. */
  readonly netns: string
  /** Path of the namespace of the other machine on the LAN. */
  readonly clientNetns: string
  /** Folder for data and logs; removed with the world. */
  readonly directory: string
  readonly ledger: Ledger
  /** Ends all that was started in this world, engines included. */
  stop(): void
}

/**
 * Makes the world and waits until its servers answer. Leftovers of dead runs are removed first.
 */
export async function startWorld(): Promise<World> {
  requireLab()
  return onceMore({ what: 'the world of a lab', make: openWorld })
}

async function openWorld(): Promise<World> {
  sweep()
  // Where it is a module, dockerd would load it too, but the settings are needed before it starts.
  if (!existsSync('/proc/sys/net/bridge')) runNow(['modprobe', 'br_netfilter'])
  const ledger = new Ledger()
  try {
    const world = await layOut(ledger)
    await Promise.all([
      startDns(world),
      serve(world, world.netns, webServer),
      serve(world, world.clientNetns, '0.0.0.0'),
    ])
    return world
  } catch (error) {
    ledger.close()
    throw error
  }
}

async function layOut(ledger: Ledger): Promise<World> {
  const directory = join(dataRoot, ledger.name)
  ledger.willMakeDirectory(directory)
  mkdirSync(directory)
  const netns = await makeNetns(ledger, `${ledger.name}-world`)
  const clientNetns = await makeNetns(ledger, `${ledger.name}-client`)
  // Bridged packets must not pass rules here either, or the LAN would not be a plain wire.
  await setSysctls(netns, { 'net/bridge/bridge-nf-call-iptables': '0', 'net/bridge/bridge-nf-call-ip6tables': '0' })
  // Outside, each probe gets its ICMP error. The hosts keep the limit that real hosts have: one a second after six.
  for (const path of [netns, clientNetns]) await setSysctls(path, { 'net/ipv4/icmp_ratelimit': '0' })
  await ip(netns, [
    'link add lan0 address 52:54:00:33:64:01 type bridge',
    `addr add ${lanRouter}/24 dev lan0`,
    'addr add 2001:db8:51::1/64 dev lan0 nodad',
    `addr add ${webServer}/32 dev lo`,
    `addr add ${dnsServer}/32 dev lo`,
    'link set lan0 up',
  ])
  const world = { name: ledger.name, netns, clientNetns, directory, ledger, stop: () => ledger.close() }
  await plugIn(world, { netns: clientNetns, device: 'eth0', address: lanClient })
  return world
}

/**
 * Makes an empty namespace with its loopback up, and gives its path.
 */
export async function makeNetns(ledger: Ledger, name: string): Promise<string> {
  ledger.willMakeNetns(name)
  await run(['ip', 'netns', 'add', name])
  const path = `/run/netns/${name}`
  await ip(path, ['link set lo up'])
  // A new namespace starts with the machine's own values; a lab must not depend on them.
  await setSysctls(path, {
    'net/ipv4/ip_forward': '0',
    'net/ipv6/conf/all/forwarding': '0',
    'net/ipv4/conf/all/rp_filter': '0',
    'net/ipv4/conf/default/rp_filter': '0',
  })
  return path
}

/**
 * Runs a batch of `ip` commands in a namespace: one process however many they are.
 */
export async function ip(netns: string, lines: readonly string[]): Promise<void> {
  await run(['nsenter', `--net=${netns}`, 'ip', '-batch', '-'], { stdin: `${lines.join('\n')}\n` })
}

/**
 * Writes files below /proc/sys, which follow the namespace of whoever opens them.
 */
export async function setSysctls(netns: string, values: Readonly<Record<string, string>>): Promise<void> {
  const script = Object.entries(values).map(([key, value]) => `echo ${value} > /proc/sys/${key}`)
  await run(['nsenter', `--net=${netns}`, 'sh', '-e'], { stdin: script.join('\n') })
}

export interface Plug {
  readonly netns: string
  readonly device: string
  readonly address: string
}

/**
 * Joins a namespace to the LAN by a veth whose inner end is named like a real NIC, and routes it by default to the world.
 * Both ends are made right where they belong, so that nothing ever appears in the machine's own namespace.
 */
export async function plugIn(world: Pick<World, 'netns'>, plug: Plug): Promise<void> {
  const last = Number(plug.address.split('.')[3])
  const port = portOf(plug.address)
  const mac = `52:54:00:33:64:${last.toString(16).padStart(2, '0')}`
  const inner = `${plug.device} address ${mac}`
  // `ip` knows other namespaces by their names in /run/netns only.
  const name = plug.netns.split('/').at(-1)
  await ip(world.netns, [
    `link add ${port} type veth peer name ${inner} netns ${name}`,
    `link set ${port} master lan0 up`,
  ])
  await ip(plug.netns, [
    `addr add ${plug.address}/24 brd + dev ${plug.device}`,
    `addr add 2001:db8:51::${last}/64 dev ${plug.device} nodad`,
    `link set ${plug.device} up`,
    `route add default via ${lanRouter} dev ${plug.device}`,
  ])
}

/**
 * Takes an address off the LAN. The kernel would do it some time after the namespace is gone, but the name is wanted now.
 */
export function unplug(world: Pick<World, 'netns'>, address: string): void {
  runNow(['nsenter', `--net=${world.netns}`, 'ip', 'link', 'del', portOf(address)])
}

function portOf(address: string): string {
  return `port${address.split('.')[3]}`
}

/** `--address=/#/` without an address answers NXDOMAIN to whatever no longer pattern knows. */
async function startDns(world: World): Promise<void> {
  const options = [
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--no-resolv',
    '--no-hosts',
    '--user=root',
    '--pid-file',
  ]
  const names = [`--address=/facebook.com/${webServer}`, '--address=/#/']
  const address = [`--listen-address=${dnsServer}`, '--bind-interfaces', '--log-facility=-']
  const argv = ['nsenter', `--net=${world.netns}`, 'dnsmasq', ...options, ...names, ...address]
  const daemon = startDaemon(world.ledger, argv, join(world.directory, 'dns.log'))
  await waitForDaemon(daemon, () => listens(world.netns, `${dnsServer}:53`), 'dnsmasq')
}

/**
 * Starts the small server of serve.py in a namespace: TCP 80 and a UDP echo on port 7.
 */
async function serve(world: World, netns: string, address: string): Promise<void> {
  const sockets = ['--tcp', `${address}:80`, '--udp', `${address}:${udpEchoPort}`]
  const argv = ['nsenter', `--net=${netns}`, 'python3', serveScript, ...sockets]
  const daemon = startDaemon(world.ledger, argv, join(world.directory, `serve-${address}.log`))
  await waitForDaemon(daemon, () => listens(netns, `${address}:80`), 'serve.py')
}

/**
 * Waits until some process in the namespace listens on that address (or, as `:PORT`, on any); throws when none ever does.
 */
export async function untilListens(netns: string, address: string, protocol: 'tcp' | 'udp' = 'tcp'): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await listens(netns, address, protocol))) {
    if (Date.now() > deadline) throw new Error(`Nothing listens on ${protocol} ${address} in ${netns}`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

/**
 * Whether some process in the namespace listens on that address (or, as `:PORT`, on any).
 */
export async function listens(netns: string, address: string, protocol: 'tcp' | 'udp' = 'tcp'): Promise<boolean> {
  const listeners = await run([
    'nsenter',
    `--net=${netns}`,
    'ss',
    protocol === 'tcp' ? '-Hlnt' : '-Hlnu',
    'src',
    address,
  ])
  return listeners.trim() !== ''
}
