import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { captureFrames, countersRose, type Engine, type Frame } from '../../lab/index.ts'
import { finish, run } from '../../lab/run-command.ts'

/** What a real lookup showed: frames and rules as lines, comparable with those of a prediction. */
export interface SeenLookup {
  readonly frames: readonly string[]
  readonly rules: readonly string[]
  readonly answered: boolean
}

/** Ports that are no one's choice stay; the others, which a kernel picks at random, become `*`. */
export function showPort(port: number | undefined, known: readonly number[]): string {
  return port !== undefined && known.includes(port) ? String(port) : '*'
}

function showFrame(frame: Frame, known: readonly number[]): string {
  const icmp = frame.icmp === undefined ? '' : ` icmp ${frame.icmp.type}/${frame.icmp.code}`
  const source = `${frame.src}:${showPort(frame.sourcePort, known)}`
  const destination = `${frame.dst}:${showPort(frame.destinationPort, known)}`
  return `${frame.netns} ${frame.device} ${frame.direction} ${source} > ${destination} ttl ${frame.ttl}${icmp}`
}

/** dockerd asks a server that is silent for four seconds before it says so; a server outside answers at once or never. */
const PATIENCE = { dockerd: '6', server: '2' } as const

/** The C library of this machine with the container's resolver files and host name, in the container's network. */
const LOOK_UP = `hostname "$1" && mount --bind "$2/resolv.conf" /etc/resolv.conf && mount --bind "$2/hosts" /etc/hosts &&
  RES_OPTIONS="timeout:$4 attempts:1" exec getent ahostsv4 "$3"`

/**
 * Lets the C library look a name up as a program in the container would (IPv4 only, one try), and gives what the container's
 * and the host's namespaces saw of it.
 */
export async function askName(engine: Engine, container: string, name: string, known: number[]): Promise<SeenLookup> {
  const netns = await engine.containerNetns(container)
  const folder = mkdtempSync(join(tmpdir(), 'hopwire-names-'))
  try {
    for (const file of ['resolv.conf', 'hosts']) copyFileSync(join(netns, '../../root/etc', file), join(folder, file))
    const hostname = (await run(['nsenter', `--uts=${join(netns, '../uts')}`, 'hostname'])).trim()
    const patience = readFileSync(join(folder, 'resolv.conf'), 'utf8').includes('127.0.0.11') ? 'dockerd' : 'server'
    const script = ['sh', '-c', LOOK_UP, 'sh', hostname, folder, name, PATIENCE[patience]]
    const argv = ['nsenter', `--net=${netns}`, 'unshare', '--mount', '--uts', ...script]
    const label = `container:${container}`
    const watched = { [label]: netns, host: engine.netns }
    const { value, frames } = await captureFrames(watched, 'icmp or udp port 53 or (udp and net 127.0.0.0/8)', () =>
      countersRose(engine.netns, () => countersRose(netns, () => finish(argv, { timeoutMs: 60_000 }))),
    )
    const outer = value.rules.map((rule) => ({ ...rule, netns: 'host' }))
    const inner = value.value.rules.map((rule) => ({ ...rule, netns: label }))
    const rules = [...inner, ...outer].map((r) => `${r.netns} ${r.family} ${r.table} ${r.rule} x${r.times}`)
    return {
      frames: frames.map((frame) => showFrame(frame, known)),
      rules: rules.toSorted(),
      answered: value.value.value.status === 0,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * Waits for the end of earlier questions: a reader repeats one that failed, and dockerd takes four seconds for that one, too.
 * Throws when they do not end.
 */
export async function untilNobodyAsks(engine: Engine, container: string): Promise<void> {
  const namespaces = [engine.netns, await engine.containerNetns(container)]
  for (let tries = 0; tries < 100; tries += 1) {
    const asking = await Promise.all(
      namespaces.map((netns) => run(['nsenter', `--net=${netns}`, 'ss', '-Hun', 'dport = :53'])),
    )
    if (asking.every((sockets) => sockets.trim() === '')) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`somebody still asks name servers for ${container}`)
}
