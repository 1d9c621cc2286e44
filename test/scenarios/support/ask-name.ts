import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { captureFrames, countersRose, type Engine, type Frame } from '../../lab/index.ts'
import { finish, PATIENCE_MS, run } from '../../lab/run-command.ts'
import { forgetConnections } from '../../conformance/build-topology.ts'

/** What a real lookup showed: frames and rules as lines, comparable with those of a prediction. */
export interface SeenLookup {
  readonly frames: readonly string[]
  readonly rules: readonly string[]
  readonly answered: boolean
}

/** A lookup, and whether some answer (NXDOMAIN is one, too) ends each of its questions. */
export interface AskedName {
  readonly container: string
  readonly name: string
  readonly spoken: boolean
}

/** `story` is all that is known of it, for the one who has to explain a difference. */
export interface LookedUp {
  readonly seen: SeenLookup
  readonly story: string
}

/** Where dockerd's resolver listens in a container. */
export const RESOLVER = '127.0.0.11'

/**
 * One end of a frame. The name servers' port stays, and at dockerd's address those `known` to be its resolver's; the others,
 * which a kernel picks at random, and be it one of these, become `*`.
 */
export function showEnd(address: string, port: number | undefined, known: readonly number[]): string {
  const shown = port !== undefined && (port === 53 || (address === RESOLVER && known.includes(port)))
  return `${address}:${shown ? port : '*'}`
}

function showFrame(frame: Frame, known: readonly number[]): string {
  const icmp = frame.icmp === undefined ? '' : ` icmp ${frame.icmp.type}/${frame.icmp.code}`
  const source = showEnd(frame.src, frame.sourcePort, known)
  const destination = showEnd(frame.dst, frame.destinationPort, known)
  return `${frame.netns} ${frame.device} ${frame.direction} ${source} > ${destination} ttl ${frame.ttl}${icmp}`
}

/**
 * Seconds that the C library waits for one answer. One that comes is waited for as long as it takes (30 is the library's most);
 * silence is told from it after the four seconds that dockerd asks a silent server, and some more.
 */
const PATIENCE = { answer: '30', silence: '6' } as const

/** The C library of this machine with the container's resolver files and host name, in the container's network. */
const LOOK_UP = `hostname "$1" && mount --bind "$2/resolv.conf" /etc/resolv.conf && mount --bind "$2/hosts" /etc/hosts &&
  RES_OPTIONS="timeout:$4 attempts:1" exec getent ahostsv4 "$3"`

const MOST_TRIES = 3

/**
 * Lets the C library look a name up as a program in the container would (IPv4 only, one try), and gives what the container's
 * and the host's namespaces saw of it. `known` are the ports of the container's resolver. A look-up whose questions were
 * given the same port by chance is asked for again: to the kernel both are one connection, of which nat sees the first packet.
 */
export async function askName(engine: Engine, asked: AskedName, known: readonly number[]): Promise<LookedUp> {
  for (let tries = 1; ; tries += 1) {
    const { seen, story, frames } = await askOnce(engine, asked, known)
    if (tries === MOST_TRIES || !usesPortTwice(frames)) return { seen, story }
  }
}

/** Whether two questions went the same way from one port; each passes a device once. */
function usesPortTwice(frames: readonly Frame[]): boolean {
  const ways = frames
    .filter(({ protocol }) => protocol === 'udp')
    .map((each) => [each.netns, each.device, each.direction, each.src, each.sourcePort, each.dst, each.destinationPort])
    .map((way) => way.join(' '))
  return new Set(ways).size < ways.length
}

async function askOnce(
  engine: Engine,
  asked: AskedName,
  known: readonly number[],
): Promise<LookedUp & { readonly frames: readonly Frame[] }> {
  const { container, name, spoken } = asked
  const netns = await engine.containerNetns(container)
  const folder = mkdtempSync(join(tmpdir(), 'hopwire-names-'))
  try {
    for (const file of ['resolv.conf', 'hosts']) copyFileSync(join(netns, '../../root/etc', file), join(folder, file))
    const hostname = (await run(['nsenter', `--uts=${join(netns, '../uts')}`, 'hostname'])).trim()
    const script = ['sh', '-c', LOOK_UP, 'sh', hostname, folder, name, PATIENCE[spoken ? 'answer' : 'silence']]
    const argv = ['nsenter', `--net=${netns}`, 'unshare', '--mount', '--uts', ...script]
    const label = `container:${container}`
    // The same of earlier look-ups: ten remembered ones of 28 thousand ports are enough for a run in some fifty.
    await Promise.all([netns, engine.netns].map(forgetConnections))
    const watched = { [label]: netns, host: engine.netns }
    const { value, frames } = await captureFrames(watched, 'icmp or udp port 53 or (udp and net 127.0.0.0/8)', () =>
      countersRose(engine.netns, () => countersRose(netns, () => finish(argv))),
    )
    const told = value.value.value
    const outer = value.rules.map((rule) => ({ ...rule, netns: 'host' }))
    const inner = value.value.rules.map((rule) => ({ ...rule, netns: label }))
    const rules = [...inner, ...outer].map((r) => `${r.netns} ${r.family} ${r.table} ${r.rule} x${r.times}`)
    return {
      frames,
      seen: {
        frames: frames.map((frame) => showFrame(frame, known)),
        rules: rules.toSorted(),
        answered: told.status === 0,
      },
      story: [
        `getent for ${name} in ${container}: status ${told.status} ${told.stdout.toString().trim()} ${told.stderr}`,
        ...frames.map((frame) => JSON.stringify(frame)),
      ].join('\n'),
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
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    const asking = await Promise.all(
      namespaces.map((netns) => run(['nsenter', `--net=${netns}`, 'ss', '-Hun', 'dport = :53'])),
    )
    if (asking.every((sockets) => sockets.trim() === '')) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`somebody still asks name servers for ${container}`)
}
