import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Frame, ProbeResult, ProbeSpec } from '../lab/index.ts'
import { readFrame, readIpv6Address } from '../lab/frame.ts'
import { labEnv } from '../lab/run-command.ts'

const script = fileURLToPath(new URL('agent.py', import.meta.url))

/** Whose counters to read around a probe. */
export interface CounterSource {
  readonly netns: string
  readonly program: 'iptables-save' | 'ip6tables-save'
}

/** One probe, from the namespace called `from`. */
export interface Observation {
  readonly from: string
  readonly spec: ProbeSpec & { readonly sourcePort?: number; readonly id?: number }
  readonly counters: readonly CounterSource[]
  /** How long to look on after the sender has its answer. */
  readonly settleMs: number
}

/** A frame, with what an ICMP error in it quotes: the ports, or the id of an echo. */
export interface SeenFrame extends Frame {
  readonly quoted: readonly number[]
  /** The address that neighbour discovery is about. */
  readonly asked: string | null
}

/** All that was seen: the frames of each namespace in order, and what the counters were, in the order of `counters`. */
export interface Observed {
  readonly result: ProbeResult
  readonly frames: readonly SeenFrame[]
  /** What came while the counters were read a last time: perhaps counted, and nothing of the probe's. */
  readonly late: readonly SeenFrame[]
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** The process that sends and sees everything. One request at a time. */
export interface Agent {
  /** Watches these namespaces (name to path) from now on, and no others. */
  open(namespaces: Readonly<Record<string, string>>): Promise<void>
  /** Sends echo requests that nobody waits for: from each namespace to those addresses, with that id. */
  warmUp(pings: Readonly<Record<string, readonly string[]>>, id: number): Promise<void>
  /**
   * Sends one probe. Throws when a tap has lost frames, since the rest would be taken for the whole. `whenSeen` comes before
   * what is left half open is ended, which is no part of the probe.
   */
  observe(observation: Observation, whenSeen?: () => Promise<void>): Promise<Observed>
  close(): void
}

/** Frames as agent.py gives them: device, packet type, protocol, source MAC, first bytes. */
type RawFrame = readonly [string, number, number, string, string]

type RawFrames = Readonly<Record<string, readonly RawFrame[]>>

interface RawObserved extends Omit<Observed, 'frames' | 'late'> {
  readonly frames: RawFrames
  readonly late: RawFrames
  readonly lost: readonly string[]
}

/** Starts the agent; it ends with this process. */
export function startAgent(): Agent {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'python3', script], {
    env: { ...labEnv },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ask = createAsker(child)
  return {
    open: async (namespaces) => void (await ask({ do: 'open', namespaces })),
    warmUp: async (pings, id) => void (await ask({ do: 'warm-up', pings, id })),
    observe: async ({ counters, ...rest }, whenSeen) => {
      const wanted = counters.map(({ netns, program }) => [netns, program])
      const seen = (await ask({ do: 'observe', counters: wanted, ...rest })) as RawObserved
      await whenSeen?.()
      await ask({ do: 'clean-up' })
      if (seen.lost.length > 0) throw new Error(`frames were lost in ${seen.lost.join(', ')}`)
      return { ...seen, frames: decodeAll(seen.frames), late: decodeAll(seen.late) }
    },
    close: () => void child.kill('SIGKILL'),
  }
}

function createAsker(child: ChildProcess): (request: unknown) => Promise<unknown> {
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('the agent has no pipes')
  const waiting: { resolve: (answer: unknown) => void; reject: (error: Error) => void }[] = []
  createInterface({ input: stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as { failed?: string }
    const next = waiting.shift()
    if (answer.failed === undefined) next?.resolve(answer)
    else next?.reject(new Error(`agent: ${answer.failed}`))
  })
  // The end of the process tells the story, not the broken pipe.
  stdin.on('error', () => undefined)
  child.on('exit', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('the agent has ended'))
  })
  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject })
      stdin.write(`${JSON.stringify(request)}\n`)
    })
}

const decodeAll = (frames: RawFrames): SeenFrame[] =>
  Object.entries(frames).flatMap(([netns, some]) => some.map((raw) => decode(netns, raw)))

function decode(netns: string, [device, packetType, etherType, sourceMac, data]: RawFrame): SeenFrame {
  const payload = Buffer.from(data, 'base64')
  const packet = { time: 0, ifindex: 0, packetType, etherType, sourceMac, payload }
  const frame = readFrame(netns, new Map([[0, device]]), packet)
  const type = frame.icmp?.type ?? NO_TYPE
  if (frame.protocol !== 'icmp6')
    return { ...frame, asked: null, quoted: ICMP_ERRORS.includes(type) ? readQuoted(payload) : [] }
  const asked = DISCOVERY.includes(type) && payload.length >= 64 ? readIpv6Address(payload, 48) : null
  const quoted =
    type < FIRST_QUERY6 ? readQuoted6(payload.subarray(48)) : type === REDIRECT6 ? readRedirected(payload) : []
  return { ...frame, asked, quoted }
}

const REDIRECT6 = 137
const REDIRECTED_HEADER = 4

/** What a redirect is about stands in one of its options, which have their length in units of eight bytes. */
function readRedirected(packet: Buffer): number[] {
  for (let at = 80; at + 8 <= packet.length; at += Math.max(1, packet.readUInt8(at + 1)) * 8)
    if (packet.readUInt8(at) === REDIRECTED_HEADER) return readQuoted6(packet.subarray(at + 8))
  return []
}

/** Solicitation and advertisement of a neighbour. */
const DISCOVERY: readonly number[] = [135, 136]

const ICMP_ERRORS: readonly number[] = [3, 4, 5, 11, 12]
const NO_TYPE = 255
/** ICMPv6 has its errors below this type. */
const FIRST_QUERY6 = 128

/** The first words of the transport header that an ICMP error quotes; an echo has its id in the third. */
function readQuoted(packet: Buffer): number[] {
  const inner = packet.subarray((packet.readUInt8(0) & 15) * 4 + 8)
  if (inner.length < 28) return []
  const body = inner.subarray((inner.readUInt8(0) & 15) * 4)
  if (body.length < 6) return []
  return inner.readUInt8(9) === 1 ? [body.readUInt16BE(4)] : [body.readUInt16BE(0), body.readUInt16BE(2)]
}

/** The same of ICMPv6, where a quoted fragment has a header of its own before that of the transport. */
function readQuoted6(inner: Buffer): number[] {
  if (inner.length < 40) return []
  const isFragment = inner.readUInt8(6) === 44 && inner.length >= 48
  // Only a first fragment has what could be told by.
  if (isFragment && inner.readUInt16BE(42) >> 3 !== 0) return []
  const body = inner.subarray(isFragment ? 48 : 40)
  if (body.length < 6) return []
  const protocol = inner.readUInt8(isFragment ? 40 : 6)
  return protocol === 58 ? [body.readUInt16BE(4)] : [body.readUInt16BE(0), body.readUInt16BE(2)]
}
