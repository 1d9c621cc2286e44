import { fileURLToPath } from 'node:url'
import type { Protocol } from '../../src/core/net/packet.ts'
import {
  type Frame as CapturedFrame,
  type ProbeResult,
  type ProbeSpec,
  captureFrames,
  countersRose,
  sendProbe,
} from '../lab/index.ts'
import { run } from '../lab/run-command.ts'
import { showIcmp } from './expected-truth.ts'
import type { Outcome, Truth, TruthFrame, TruthRule } from './truth.ts'

/** Namespaces to watch: the name that a trace gives each, and its path. */
export type WatchedNamespaces = Readonly<Record<string, string>>

const resetScript = fileURLToPath(new URL('reset.py', import.meta.url))

/**
 * Sends one probe from the namespace called `from` and gives what happened: what its sender saw, the frames of all watched
 * namespaces, and the rules whose counters rose there. A lone SYN's own reset is held back while we look, since the kernel
 * of the sender knows nothing of the connection; the half-open connection is then ended with a reset of our own.
 */
export async function observeProbe(watched: WatchedNamespaces, from: string, spec: ProbeSpec): Promise<Truth> {
  const sender = watched[from]
  if (sender === undefined) throw new Error(`${from} is not among the watched namespaces`)
  const send = (): Promise<ProbeResult> => sendProbe(sender, spec)
  const guarded =
    spec.kind === 'tcp-syn' ? (): Promise<Seen> => withoutResets(sender, spec, () => look(watched, send)) : undefined
  const seen = guarded === undefined ? await look(watched, send) : await guarded()
  return { outcome: nameOutcome(seen.result), frames: seen.frames.map(reduceFrame), rules: seen.rules }
}

interface Seen {
  readonly result: ProbeResult
  readonly frames: readonly CapturedFrame[]
  readonly rules: readonly TruthRule[]
}

async function look(watched: WatchedNamespaces, send: () => Promise<ProbeResult>): Promise<Seen> {
  const { value, frames } = await captureFrames(watched, 'ip', () => countAll(Object.entries(watched), send))
  return { result: value.result, frames, rules: value.rules }
}

/** Reads the counters of every namespace around the probe, one inside the other. */
async function countAll(
  namespaces: readonly (readonly [string, string])[],
  send: () => Promise<ProbeResult>,
): Promise<{ result: ProbeResult; rules: TruthRule[] }> {
  const [first, ...rest] = namespaces
  if (first === undefined) {
    const result = await send()
    // The answer to the answer, and what a bridge floods, come within milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 30))
    return { result, rules: [] }
  }
  const [netns, path] = first
  const { value, rules } = await countersRose(path, () => countAll(rest, send))
  const own = rules.map(({ family, table, chain, rule, times }) => ({ netns, family, table, chain, rule, times }))
  return { result: value.result, rules: [...own, ...value.rules] }
}

async function withoutResets(
  netns: string,
  spec: Extract<ProbeSpec, { kind: 'tcp-syn' }>,
  look: () => Promise<Seen>,
): Promise<Seen> {
  const table = `hopwire_quiet_${spec.sourcePort ?? 0}`
  const chain = 'type filter hook output priority -500; policy accept;'
  const rules = `table ip ${table} { chain quiet { ${chain} tcp sport ${spec.sourcePort ?? 0} tcp flags rst drop; }; }`
  const nft = (argument: string): Promise<string> => run(['nsenter', `--net=${netns}`, 'nft', argument])
  await nft(`add ${rules}`)
  try {
    const seen = await look()
    if (seen.result.outcome === 'reply') await endHalfOpen(netns, spec, seen)
    return seen
  } finally {
    await nft(`delete table ip ${table}`)
  }
}

async function endHalfOpen(netns: string, spec: Extract<ProbeSpec, { kind: 'tcp-syn' }>, seen: Seen): Promise<void> {
  const syn = seen.frames.find((frame) => frame.tcp?.flags === 'S' && frame.sourcePort === spec.sourcePort)
  if (syn?.tcp === undefined) return
  const numbers = [String(spec.sourcePort ?? 0), spec.to, String(spec.port), String(syn.tcp.sequence + 1)]
  await run(['nsenter', `--net=${netns}`, 'python3', resetScript, syn.src, ...numbers])
}

function nameOutcome(result: ProbeResult): Outcome {
  if (result.icmp !== undefined) return `unreachable ${result.icmp.type}/${result.icmp.code} from ${result.icmp.from}`
  if (result.outcome === 'send-error') return `error ${result.error ?? 'unknown'}`
  if (result.outcome === 'reset-after-connect' || result.outcome === 'closed-after-connect') return 'reset'
  return result.outcome
}

function reduceFrame(frame: CapturedFrame): TruthFrame {
  return {
    netns: frame.netns,
    device: frame.device,
    direction: frame.direction,
    protocol: frame.protocol === 'icmp6' ? 'icmpv6' : (frame.protocol as Protocol),
    src: frame.src,
    dst: frame.dst,
    sourcePort: frame.sourcePort ?? null,
    destinationPort: frame.destinationPort ?? null,
    icmp: frame.icmp === undefined ? null : showIcmp(frame.icmp.type, frame.icmp.code, frame.icmp.id),
    ttl: frame.ttl ?? 0,
  }
}
