import { fileURLToPath } from 'node:url'
import type { Protocol } from '../../../src/core/net/packet.ts'
import { showIcmp } from '../../conformance/expected-truth.ts'
import { hideChosenPort } from '../../conformance/observed-truth.ts'
import type { Truth, TruthFrame } from '../../conformance/truth.ts'
import { captureFrames, countersRose, type Frame } from '../../lab/index.ts'
import { run } from '../../lab/run-command.ts'
import type { Stage } from './stage.ts'

/** A packet that the lab's probes cannot make; see raw_probe.py. `sourcePort` is the id of an echo. */
export interface RawProbe {
  readonly kind: 'raw4' | 'icmp6' | 'udp6' | 'syn6' | 'rst6'
  readonly to: string
  readonly sourcePort: number
  readonly from?: string
  readonly protocol?: 'icmp' | 'udp' | 'tcp'
  readonly port?: number
  readonly flag?: 'syn' | 'rst' | 'ack'
  readonly type?: number
  readonly ttl?: number
  readonly size?: number
  /** Device to send by, and an on-link address to send to instead of routing. */
  readonly device?: string
  readonly via?: string
  readonly timeoutMs?: number
}

interface RawResult {
  readonly outcome: string
  readonly from?: string
  readonly icmp?: { readonly type: number; readonly code: number; readonly from: string }
  readonly error?: string
}

const script = fileURLToPath(new URL('raw_probe.py', import.meta.url))

/** `discovery`: IPv6 neighbour discovery crossed the host meanwhile, which raises the same counters as the packet. */
export interface RawTruth extends Truth {
  readonly discovery: boolean
}

/** Sends one such packet and gives what its sender, all taps and all counters saw of it. */
export async function observeRaw(stage: Stage, sender: string, probe: RawProbe): Promise<RawTruth> {
  const inside = stage.inside()
  const paths = Object.fromEntries(Object.keys(inside).map((name) => [name, stage.path(name)]))
  const send = (): Promise<RawResult> => sendRaw(stage.path(sender), probe)
  const counted = Object.entries(paths).reduceRight<() => Promise<Counted>>(
    (within, [name, path]) =>
      () =>
        countAround(inside[name] ?? name, path, within),
    async () => ({ result: await send(), rules: [] }),
  )
  const { value, frames } = await captureFrames(paths, 'ip or ip6', counted)
  return {
    outcome: nameOutcome(value.result),
    frames: frames
      .filter((frame) => isOwn(frame, probe))
      .map((frame) => reduceFrame(inside[frame.netns] ?? frame.netns, frame))
      .map((frame) => (probe.kind === 'udp6' ? hideChosenPort(frame, probe.sourcePort) : frame)),
    rules: value.rules,
    discovery: frames.some((frame) => frame.netns === 'host' && isDiscovery(frame)),
  }
}

const isDiscovery = ({ protocol, icmp }: Frame): boolean =>
  protocol === 'icmp6' && icmp !== undefined && icmp.type >= 130

interface Counted {
  readonly result: RawResult
  readonly rules: Truth['rules']
}

async function countAround(netns: string, path: string, within: () => Promise<Counted>): Promise<Counted> {
  const { value, rules } = await countersRose(path, within)
  const own = rules.map(({ family, table, chain, rule, times }) => ({ netns, family, table, chain, rule, times }))
  return { result: value.result, rules: [...own, ...value.rules] }
}

/** Sends one such packet with nobody looking on. */
export async function sendRaw(netns: string, probe: RawProbe): Promise<RawResult> {
  const output = await run(['nsenter', `--net=${netns}`, 'python3', script], { stdin: JSON.stringify(probe) })
  return JSON.parse(output) as RawResult
}

function nameOutcome({ outcome, icmp, error }: RawResult): string {
  if (icmp !== undefined) return `unreachable ${icmp.type}/${icmp.code} from ${icmp.from}`
  return outcome === 'send-error' ? `error ${error ?? 'unknown'}` : outcome
}

/** Neighbour discovery, multicast listener reports and IGMP come and go by themselves, and ARP is not compared either. */
function isOwn(frame: Frame, { sourcePort, kind }: RawProbe): boolean {
  if (frame.protocol === 'ip-2') return false
  if (frame.protocol === 'icmp6') return frame.icmp !== undefined && frame.icmp.type < 130
  return (
    kind === 'raw4' ||
    // What docker-proxy sends on to a container that has IPv4 alone.
    (kind === 'udp6' && frame.protocol === 'udp') ||
    frame.src.includes(':') ||
    frame.sourcePort === sourcePort ||
    frame.destinationPort === sourcePort
  )
}

function reduceFrame(netns: string, frame: Frame): TruthFrame {
  const { device, direction, src, dst, icmp } = frame
  return {
    netns,
    device,
    direction,
    protocol: frame.protocol === 'icmp6' ? 'icmpv6' : (frame.protocol as Protocol),
    src,
    dst,
    sourcePort: frame.sourcePort ?? null,
    destinationPort: frame.destinationPort ?? null,
    icmp: icmp === undefined ? null : showIcmp(icmp.type, icmp.code, icmp.id),
    ttl: frame.ttl ?? 0,
  }
}
