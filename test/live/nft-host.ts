/**
 * A small host without Docker: bridges named as Docker's, containers that are namespaces, a machine outside. Rules are loaded
 * with the real nft, packets are sent, and the state is read by the product's own reader.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { gunzipSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { READ_HOST, scriptText } from '../../src/backend/probe/script-text.ts'
import { assembleHostState } from '../../src/core/parse/assemble-host-state.ts'
import { splitFrames } from '../../src/core/parse/frames.ts'
import type { HostState } from '../../src/core/host/host-state.ts'
import { onceMore } from '../lab/once-more.ts'
import { finish, labEnv, run, runNow } from '../lab/run-command.ts'

const probeScript = fileURLToPath(new URL('../lab/probe.py', import.meta.url))
const serveScript = fileURLToPath(new URL('../lab/serve.py', import.meta.url))

/** A container: the bridge that it is attached to, and its address there. */
export interface Guest {
  readonly bridge: string
  readonly address: string
}

export const bridges: Readonly<Record<string, string>> = {
  'ref-brA': '172.30.1.1/24',
  'ref-brB': '172.30.2.1/24',
  'ref-brI': '172.30.3.1/24',
}
export const guests: Readonly<Record<string, Guest>> = {
  a1: { bridge: 'ref-brA', address: '172.30.1.11' },
  a2: { bridge: 'ref-brA', address: '172.30.1.12' },
  b1: { bridge: 'ref-brB', address: '172.30.2.11' },
  i1: { bridge: 'ref-brI', address: '172.30.3.11' },
}
export const uplink = '10.77.0.1'
export const outside = '10.77.0.2'

/** The counters of native rules by `FAMILY TABLE CHAIN HANDLE`. */
export type NftCounters = ReadonlyMap<string, number>

export interface NftHost {
  /** Replaces all rules of the host. Throws with nft's own words. */
  load(rules: string): Promise<void>
  /** Runs a program in the host's namespace, or in a container's. */
  at(where: string, argv: readonly string[], stdin?: string): Promise<string>
  counters(): Promise<NftCounters>
  /** Sends one probe and returns what its sender saw, in the words of `expectedTruth`. */
  probe(where: string, spec: Readonly<Record<string, unknown>>): Promise<string>
  read(): Promise<HostState>
  stop(): Promise<void>
}

const tag = `hwnft-${process.pid}`
const nsOf = (name: string): string => `${tag}-${name}`
const inNs = (name: string, argv: readonly string[]): string[] => ['ip', 'netns', 'exec', nsOf(name), ...argv]

/** Starts the host. `server` programs answer on TCP and UDP port 80 of every namespace. */
export function startNftHost(): Promise<NftHost> {
  return onceMore({ what: 'the host without Docker', make: openNftHost })
}

async function openNftHost(): Promise<NftHost> {
  const names = ['host', 'outside', ...Object.keys(guests)]
  const programs: ChildProcess[] = []
  const probers = new Map<string, Prober>()
  const stop = async (): Promise<void> => {
    for (const prober of probers.values()) prober.stop()
    for (const program of programs) program.kill('SIGKILL')
    for (const name of names) runNow(['ip', 'netns', 'delete', nsOf(name)])
  }
  try {
    for (const name of names) {
      await run(['ip', 'netns', 'add', nsOf(name)])
      await set(name, CALM)
    }
    await wire()
    for (const name of names) programs.push(await serve(name))
    for (const name of names) probers.set(name, new Prober(name))
  } catch (error) {
    await stop()
    throw error
  }
  const at = (where: string, argv: readonly string[], stdin = ''): Promise<string> => run(inNs(where, argv), { stdin })
  return {
    at,
    probe: async (where, spec) => (await probers.get(where)?.send(spec)) ?? 'nobody to send it',
    load: async (rules) => void (await at('host', ['nft', '-f', '-'], `flush ruleset\n${rules}`)),
    counters: async () => parseCounters(await at('host', ['nft', '-j', '-a', 'list', 'ruleset'])),
    read: () =>
      readState(
        programs.map((program) => program.pid ?? 0),
        names,
      ),
    stop,
  }
}

/** One batch a namespace: each `ip` on its own would take most of the test's time. */
async function wire(): Promise<void> {
  const host: string[] = ['link set lo up']
  for (const [bridge, address] of Object.entries(bridges)) {
    host.push(
      `link add ${bridge} type bridge mcast_snooping 0`,
      `addr add ${address} dev ${bridge}`,
      `link set ${bridge} up`,
    )
  }
  host.push(`link add up0 type veth peer name eth0 netns ${nsOf('outside')}`, `addr add ${uplink}/24 dev up0`)
  host.push('link set up0 up', `route add default via ${outside}`)
  for (const [name, { bridge }] of Object.entries(guests)) {
    host.push(
      `link add v-${name} type veth peer name eth0 netns ${nsOf(name)}`,
      `link set v-${name} master ${bridge} up`,
    )
  }
  await batch('host', host)
  await batch('outside', [
    'link set lo up',
    `addr add ${outside}/24 dev eth0`,
    'link set eth0 up',
    `route add 172.30.0.0/16 via ${uplink}`,
  ])
  for (const [name, { bridge, address }] of Object.entries(guests)) {
    const gateway = (bridges[bridge] ?? '').replace(/\/.*/, '')
    await batch(name, [
      'link set lo up',
      `addr add ${address}/24 dev eth0`,
      'link set eth0 up',
      `route add default via ${gateway}`,
    ])
  }
  const settings = ['ip_forward=1', 'conf.all.rp_filter=0', 'conf.all.send_redirects=0', 'icmp_ratelimit=0']
  await set(
    'host',
    settings.map((setting) => `net.ipv4.${setting}`),
  )
}

/** Nothing may send by itself: no IPv6 of its own accord, no second SYN-ACK. */
const CALM = [
  'net.ipv6.conf.all.disable_ipv6=1',
  'net.ipv6.conf.default.disable_ipv6=1',
  'net.ipv4.tcp_synack_retries=0',
]

async function set(name: string, settings: readonly string[]): Promise<void> {
  await run(inNs(name, ['sysctl', '-qw', ...settings]))
}

async function batch(name: string, lines: readonly string[]): Promise<void> {
  await run(['ip', '-netns', nsOf(name), '-batch', '-'], { stdin: lines.map((line) => `${line}\n`).join('') })
}

async function serve(name: string): Promise<ChildProcess> {
  const argv = inNs(name, ['python3', serveScript, '--tcp', '0.0.0.0:80', '--udp', '0.0.0.0:80'])
  const program = spawn(argv[0] ?? '', argv.slice(1), { env: { ...labEnv }, stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(program, 'exit').then(([status]) => Promise.reject(new Error(`serve.py ended with ${status}`)))
  await Promise.race([once(program.stdout, 'data'), ended])
  ended.catch(() => undefined)
  return program
}

/** Reads as the product does in its helper container. */
async function readState(pids: readonly number[], names: readonly string[]): Promise<HostState> {
  const done = await finish(inNs('host', ['perl', '-e', scriptText(...READ_HOST), '--', ...pids.map(String)]))
  const frames = splitFrames(gunzipSync(done.stdout))
  const containers = names.flatMap((name, index) => {
    const guest = guests[name]
    if (guest === undefined) return []
    const networks = { [guest.bridge]: { IPAddress: guest.address } }
    const state = { Status: 'running', Pid: pids[index] }
    return [{ Id: name, Name: `/${name}`, State: state, NetworkSettings: { Networks: networks } }]
  })
  return assembleHostState({
    capturedAt: '2026-01-01T00:00:00Z',
    docker: { version: {}, info: {}, containers, networks: [] },
    frames: frames.value,
    frameProblems: frames.problems,
    noProbe: null,
    names: [],
  })
}

interface ListedRule {
  readonly rule?: {
    readonly family: string
    readonly table: string
    readonly chain: string
    readonly handle: number
    readonly expr: readonly { readonly counter?: { readonly packets: number } }[]
  }
}

function parseCounters(json: string): NftCounters {
  const { nftables } = JSON.parse(json) as { readonly nftables: readonly ListedRule[] }
  const counters = new Map<string, number>()
  for (const { rule } of nftables) {
    const counter = rule?.expr.find((expression) => expression.counter !== undefined)?.counter
    if (rule === undefined || counter === undefined) continue
    counters.set(`${rule.family} ${rule.table} ${rule.chain} ${rule.handle}`, counter.packets)
  }
  return counters
}

interface ProbeResult {
  readonly outcome: string
  readonly error?: string
  readonly icmp?: { readonly type: number; readonly code: number; readonly from: string }
}

/** Sends probes from one namespace: one process for all of them, since Python takes longer to start than a packet to travel. */
class Prober {
  readonly #program: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(where: string) {
    const argv = inNs(where, ['python3', probeScript])
    this.#program = spawn(argv[0] ?? '', argv.slice(1), { env: { ...labEnv }, stdio: ['pipe', 'pipe', 'ignore'] })
    if (this.#program.stdout === null) throw new Error('the probe has no output')
    this.#lines = createInterface({ input: this.#program.stdout })[Symbol.asyncIterator]()
  }

  /** Returns what the sender saw, in the words of `expectedTruth`. */
  async send(spec: Readonly<Record<string, unknown>>): Promise<string> {
    this.#program.stdin?.write(`${JSON.stringify(spec)}\n`)
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error('the probe ended')
    const result = JSON.parse(value) as ProbeResult
    if (result.icmp !== undefined) return `unreachable ${result.icmp.type}/${result.icmp.code} from ${result.icmp.from}`
    return result.outcome === 'send-error' ? `error ${result.error ?? ''}` : result.outcome
  }

  stop(): void {
    this.#program.kill('SIGKILL')
  }
}
