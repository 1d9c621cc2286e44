/**
 * A Docker host of the lab: a real dockerd in network, pid, mount, uts and ipc namespaces of its own. Its rules, bridges
 * and processes never touch the machine's, and `--pid=host` in one of its containers shows this host alone.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { docker28Tree, imagesFolder } from './cache.ts'
import { apiGet } from './api.ts'
import { type Daemon, startDaemon, waitForDaemon } from './daemon.ts'
import { onceMore } from './once-more.ts'
import { identify, type ProcessIdentity } from './process-identity.ts'
import { run, type RunOptions } from './run-command.ts'
import { undo } from './undo.ts'
import { dnsServer, makeNetns, plugIn, setSysctls, unplug, type World } from './world.ts'

export type Generation = '20' | '28'

export interface EngineOptions {
  readonly generation: Generation
  /** Address of the NIC on the LAN; by default .10 for 20 and .20 for 28. */
  readonly hostAddress?: string
  /** More keys of daemon.json: `userland-proxy`, `ipv6`, `ip-forward`, ... */
  readonly daemonOptions?: Readonly<Record<string, unknown>>
  /** Whether bridged packets pass iptables; true by default, as on real hosts. */
  readonly bridgeNfCall?: boolean
  /** Host name, also part of the names of namespace and folder; needed for two engines of one generation. */
  readonly name?: string
  /** False for an engine that has no image at first: Hopwire must import its helper there. True by default. */
  readonly withImages?: boolean
}

export interface Engine {
  readonly generation: Generation
  readonly name: string
  /** Path of the API's socket, for `unix://`. */
  readonly socket: string
  /** Path of the host's network namespace, for `nsenter --net=`. */
  readonly netns: string
  readonly nic: string
  readonly address: string
  readonly world: World
  /** The host's pid 1, as this machine counts. */
  readonly pid: number
  /** Runs the docker command on the host, and gives its output. */
  docker(args: readonly string[], options?: RunOptions): Promise<string>
  /** Runs one of this machine's programs in the host's network namespace. */
  nsenter(argv: readonly string[], options?: RunOptions): Promise<string>
  /** Runs one of the host's own programs on the host, in all of its namespaces. */
  onHost(argv: readonly string[], options?: RunOptions): Promise<string>
  /** Path of a container's network namespace, for `nsenter --net=`. */
  containerNetns(container: string): Promise<string>
  /** Ends the host with its containers at once, as if its power were cut; its name and address are free again. */
  stop(): void
}

const initScript = fileURLToPath(new URL('engine-init.sh', import.meta.url))
const nic = 'ens5'

/**
 * Starts an engine and waits until its API answers. A start that fails throws with the end of the daemon's log and leaves
 * nothing behind.
 */
export async function startEngine(world: World, options: EngineOptions): Promise<Engine> {
  const name = options.name ?? `host${options.generation}`
  if (existsSync(join(world.directory, name))) throw new Error(`This world has a host named ${name} already`)
  return onceMore({
    what: `the host ${name}`,
    make: () => openEngine(world, options, name),
    isFinal: (words) => words.includes('unable to configure the Docker daemon'),
  })
}

async function openEngine(world: World, options: EngineOptions, name: string): Promise<Engine> {
  const full = `${world.name}-${name}`
  const directory = join(world.directory, name)
  mkdirSync(directory)
  world.ledger.willMakeCgroup(full)
  const processes: ProcessIdentity[] = []
  const stop = (): void => {
    undo({ processes, netns: [full], cgroups: [full], directories: [directory] })
    unplug(world, addressOf(options))
  }
  try {
    const facts = await plugInHost(world, options, name)
    writeFileSync(join(directory, 'daemon.json'), daemonConfig(directory, full, options))
    writeFileSync(join(directory, 'resolv.conf'), `nameserver ${dnsServer}\n`)
    const argv = initCommand(facts, directory, imagesOf(options))
    const daemon = startDaemon(world.ledger, argv, join(directory, 'dockerd.log'))
    remember(world, processes, daemon.pid)
    await waitForDaemon(daemon, () => answers(facts.socket), `Docker ${options.generation} of ${name}`)
    const pid = await firstChild(daemon)
    remember(world, processes, pid)
    return { ...assemble(world, { ...facts, pid }), stop }
  } catch (error) {
    stop()
    throw error
  }
}

function addressOf({ generation, hostAddress }: EngineOptions): string {
  return hostAddress ?? (generation === '20' ? '198.51.100.10' : '198.51.100.20')
}

function remember(world: World, processes: ProcessIdentity[], pid: number): void {
  const identity = identify(pid)
  if (identity === undefined) return
  world.ledger.hasStarted(pid)
  processes.push(identity)
}

async function plugInHost(world: World, options: EngineOptions, name: string): Promise<Omit<Facts, 'pid'>> {
  const { generation } = options
  const address = addressOf(options)
  const netns = await makeNetns(world.ledger, `${world.name}-${name}`)
  await plugIn(world, { netns, device: nic, address })
  const nf = options.bridgeNfCall === false ? '0' : '1'
  await setSysctls(netns, { 'net/bridge/bridge-nf-call-iptables': nf, 'net/bridge/bridge-nf-call-ip6tables': nf })
  return { generation, name, socket: join(world.directory, name, 'docker.sock'), netns, nic, address }
}

function daemonConfig(directory: string, cgroup: string, options: EngineOptions): string {
  return JSON.stringify({
    'data-root': join(directory, 'disk', 'data'),
    // The usual place too, for what is mounted into a container by that name.
    hosts: [`unix://${join(directory, 'docker.sock')}`, 'unix:///run/docker.sock'],
    'cgroup-parent': `/${cgroup}`,
    'exec-opts': ['native.cgroupdriver=cgroupfs'],
    'storage-driver': 'overlay2',
    ...options.daemonOptions,
  })
}

/** Without prepared images an engine is as good, and slower: whoever needs an image imports it. */
function imagesOf({ generation, withImages }: EngineOptions): string {
  const folder = imagesFolder(generation)
  return withImages !== false && existsSync(folder) ? folder : ''
}

/** `nsenter --net`, not `ip netns exec`: the latter remounts /sys, and dockerd then finds no control groups. */
function initCommand({ netns, generation, name }: Omit<Facts, 'pid'>, directory: string, images: string): string[] {
  const unshare = ['unshare', '--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child=KILL']
  const tree = generation === '28' ? docker28Tree : ''
  return ['nsenter', `--net=${netns}`, ...unshare, '--', 'bash', initScript, directory, tree, name, images]
}

async function answers(socket: string): Promise<boolean> {
  return apiGet(socket, '/_ping').then(
    () => true,
    () => false,
  )
}

/** `unshare --fork` stays outside of the new pid namespace and waits: its only child is the host's pid 1. */
async function firstChild(daemon: Daemon): Promise<number> {
  const children = await readFile(`/proc/${daemon.pid}/task/${daemon.pid}/children`, 'utf8')
  const pid = Number(children.trim().split(' ')[0])
  if (pid === 0) throw new Error(`the host has ended as soon as it answered: ${daemon.ended() ?? 'nobody knows why'}`)
  return pid
}

type Facts = Pick<Engine, 'generation' | 'name' | 'socket' | 'netns' | 'nic' | 'address' | 'pid'>

function assemble(world: World, facts: Facts): Omit<Engine, 'stop'> {
  const all = ['nsenter', `--target=${facts.pid}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--']
  const onHost = (argv: readonly string[], options?: RunOptions): Promise<string> => run([...all, ...argv], options)
  return {
    ...facts,
    world,
    onHost,
    docker: (args, options) => onHost(['docker', ...args], options),
    nsenter: (argv, options) => run(['nsenter', `--net=${facts.netns}`, ...argv], options),
    containerNetns: async (container) => {
      const detail = (await apiGet(facts.socket, `/containers/${container}/json`)) as { State: { Pid: number } }
      if (detail.State.Pid === 0) throw new Error(`${container} does not run: it has no namespace`)
      // The engine counts pids from its own pid 1; that process's /proc speaks the same numbers.
      return `/proc/${facts.pid}/root/proc/${detail.State.Pid}/ns/net`
    },
  }
}
