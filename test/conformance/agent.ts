import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Frame, ProbeResult, ProbeSpec } from '../lab/index.ts'
import { readFrame } from '../lab/frame.ts'
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
}

/** All that was seen: the frames of each namespace in order, and what the counters were, in the order of `counters`. */
export interface Observed {
  readonly result: ProbeResult
  readonly frames: readonly SeenFrame[]
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** The process that sends and sees everything. One request at a time. */
export interface Agent {
  /** Watches these namespaces (name to path) from now on, and no others. */
  open(namespaces: Readonly<Record<string, string>>): Promise<void>
  /** Sends echo requests that nobody waits for: from each namespace to those addresses, with that id. */
  warmUp(pings: Readonly<Record<string, readonly string[]>>, id: number): Promise<void>
  /** Sends one probe. Throws when a tap has lost frames, since the rest would be taken for the whole. */
  observe(observation: Observation): Promise<Observed>
  close(): void
}

/** Frames as agent.py gives them: device, packet type, protocol, source MAC, first bytes. */
type RawFrame = readonly [string, number, number, string, string]

interface RawObserved extends Omit<Observed, 'frames'> {
  readonly frames: Readonly<Record<string, readonly RawFrame[]>>
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
    observe: async ({ counters, ...rest }) => {
      const wanted = counters.map(({ netns, program }) => [netns, program])
      const seen = (await ask({ do: 'observe', counters: wanted, ...rest })) as RawObserved
      if (seen.lost.length > 0) throw new Error(`frames were lost in ${seen.lost.join(', ')}`)
      return {
        ...seen,
        frames: Object.entries(seen.frames).flatMap(([netns, some]) => some.map((raw) => decode(netns, raw))),
      }
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
  child.on('exit', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('the agent has ended'))
  })
  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject })
      stdin.write(`${JSON.stringify(request)}\n`)
    })
}

function decode(netns: string, [device, packetType, etherType, sourceMac, data]: RawFrame): SeenFrame {
  const payload = Buffer.from(data, 'base64')
  const packet = { time: 0, ifindex: 0, packetType, etherType, sourceMac, payload }
  const frame = readFrame(netns, new Map([[0, device]]), packet)
  const quotes = frame.icmp !== undefined && ICMP_ERRORS.includes(frame.icmp.type)
  return { ...frame, quoted: quotes ? readQuoted(payload) : [] }
}

const ICMP_ERRORS: readonly number[] = [3, 4, 5, 11, 12]

/** The first words of the transport header that an ICMP error quotes; an echo has its id in the third. */
function readQuoted(packet: Buffer): number[] {
  const inner = packet.subarray((packet.readUInt8(0) & 15) * 4 + 8)
  if (inner.length < 28) return []
  const body = inner.subarray((inner.readUInt8(0) & 15) * 4)
  if (body.length < 6) return []
  return inner.readUInt8(9) === 1 ? [body.readUInt16BE(4)] : [body.readUInt16BE(0), body.readUInt16BE(2)]
}
