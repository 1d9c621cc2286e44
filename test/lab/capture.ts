/**
 * The frames that really crossed each device of some namespaces while something was done.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { readFrame, type Frame } from './frame.ts'
import { readPcap } from './pcap.ts'
import { labEnv, PATIENCE_MS, run } from './run-command.ts'

export interface Captured<T> {
  readonly value: T
  /** Namespace after namespace as they were given; within one, in the order in which the kernel showed them. */
  readonly frames: Frame[]
}

/**
 * Captures on all devices of each namespace while `fn` runs. `namespaces` maps labels to paths, or is a list of paths that
 * are their own labels. `filter` is tcpdump's. It is listening everywhere before `fn` starts, and stops `settleMs` after
 * it has ended, which is when late answers have come by.
 */
export async function captureFrames<T>(
  namespaces: readonly string[] | Readonly<Record<string, string>>,
  filter: string,
  fn: () => Promise<T>,
  settleMs = 100,
): Promise<Captured<T>> {
  const named = Array.isArray(namespaces)
    ? namespaces.map((path: string) => [path, path] as const)
    : Object.entries(namespaces as Readonly<Record<string, string>>)
  const starts = await Promise.allSettled(named.map(([label, path]) => startCapture(label, path, filter)))
  const captures = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
  try {
    for (const start of starts) if (start.status === 'rejected') throw start.reason
    const value = await fn()
    await new Promise((resolve) => setTimeout(resolve, settleMs))
    const frames = await Promise.all(captures.map((capture) => capture.finish()))
    return { value, frames: frames.flat() }
  } finally {
    for (const { child } of captures) child.kill('SIGKILL')
  }
}

interface Capture {
  readonly child: ChildProcess
  finish(): Promise<Frame[]>
}

const tcpdumpOptions = '-i any -y LINUX_SLL2 -s 512 -U --immediate-mode -n -Z root -w -'.split(' ')

async function startCapture(label: string, path: string, filter: string): Promise<Capture> {
  const before = await devicesOf(path)
  const argv = ['--pdeathsig', 'KILL', '--', 'nsenter', `--net=${path}`, 'tcpdump', ...tcpdumpOptions, filter]
  // setpriv and nsenter exec, so that the child's id is tcpdump's own.
  const child = spawn('setpriv', argv, { env: { ...labEnv }, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('listening on')) resolve()
    })
    child.on('error', reject)
    void ended.then(() => reject(new Error(`tcpdump in ${label}: ${said.trim()}`)))
  })
  const finish = async (): Promise<Frame[]> => {
    await untilDrained(child.pid ?? 0)
    child.kill('SIGINT')
    await ended
    if (!/^0 packets dropped by kernel/m.test(said)) throw new Error(`tcpdump in ${label} lost frames: ${said.trim()}`)
    // Devices that appeared meanwhile, and those that are gone since.
    const devices = new Map([...(await devicesOf(path)), ...before])
    return readPcap(Buffer.concat(output)).map((packet) => readFrame(label, devices, packet))
  }
  return { child, finish }
}

/** How often in a row tcpdump must be found asleep: once, it may sleep in writing to us. */
const LOOKS = 3

/**
 * Waits until tcpdump has read all that the kernel has for it: told to end, it leaves the rest unread, and on a busy machine it
 * may get no turn for longer than any fixed time. Throws when it never comes to rest.
 */
async function untilDrained(pid: number): Promise<void> {
  let asleep = 0
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    const read = (file: string): Promise<string | null> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => null)
    const [stat, call] = [await read('stat'), await read('wchan')]
    // It has ended, and its words will tell why.
    if (stat === null || call === null) return
    // With frames in its ring it would not sleep in poll; some kernels do not tell (0) where one sleeps.
    asleep = /\) S /.test(stat) && (call === '0' || call.includes('poll')) ? asleep + 1 : 0
    if (asleep === LOOKS) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`tcpdump does not come to rest within ${PATIENCE_MS / 1000} s`)
}

async function devicesOf(netns: string): Promise<Map<number, string>> {
  const links = JSON.parse(await run(['nsenter', `--net=${netns}`, 'ip', '-j', 'link'])) as {
    ifindex: number
    ifname: string
  }[]
  return new Map(links.map((link) => [link.ifindex, link.ifname]))
}
