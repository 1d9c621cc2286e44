import type { Protocol } from '../../src/core/net/packet.ts'
import type { Frame, ProbeResult } from '../lab/index.ts'
import type { CounterSource, Observed, SeenFrame } from './agent.ts'
import { countRises } from './counter-rises.ts'
import { showIcmp } from './expected-truth.ts'
import type { Outcome, Truth, TruthFrame } from './truth.ts'

/** Who sent a probe, and what it carries that no other probe of the run does. */
export interface ProbeIdentity {
  /** The source port, or the id of an echo request. */
  readonly id: number
  readonly protocol: 'icmp' | 'tcp' | 'udp'
  readonly to: string
  /** The neighbours for which it is predicted to ask by neighbour discovery, which is then a part of it. */
  readonly neighbors?: readonly string[]
}

/** Ports that a kernel chooses by itself start here (net.ipv4.ip_local_port_range). */
export const FIRST_EPHEMERAL = 32_768

/** Identities are taken from here: below all ports that a kernel chooses, above all that anything listens on. */
export const FIRST_IDENTITY = 10_000

/**
 * Frames that the probe did not cause: IGMP, or the late word of an earlier probe, and for a probe of IPv6 whatever hosts
 * on a link tell each other, but for the neighbours that it must ask for. Whoever finds any must send the probe again, since
 * counters cannot tell them apart.
 */
export function backgroundFrames(observed: Observed, identity: ProbeIdentity): SeenFrame[] {
  const six = identity.to.includes(':')
  return [...observed.frames, ...observed.late].filter(
    (frame) => isIp(frame) && (isIgmp(frame) || (isChatter(frame, identity) ? six : isEarlier(frame, identity))),
  )
}

/**
 * Listener reports, router solicitations and neighbour discovery come and go by themselves. No IPv4 rule sees them, and no
 * IPv6 rule sees a probe of IPv4.
 */
const isChatter = ({ protocol, icmp, asked }: SeenFrame, { neighbors }: ProbeIdentity): boolean =>
  protocol === 'icmp6' &&
  icmp !== undefined &&
  icmp.type >= FIRST_OF_THE_LINK &&
  icmp.type !== REDIRECT &&
  neighbors?.includes(asked ?? '') !== true

/** Types of ICMPv6 from here on are between hosts of one link: 128 and 129 are echoes, those below are errors. */
const FIRST_OF_THE_LINK = 130
/** But a redirect is about a packet. */
const REDIRECT = 137

const isIp = (frame: Frame): boolean => frame.protocol !== 'arp' && !frame.protocol.startsWith('ether-')

const isIgmp = (frame: Frame): boolean => frame.protocol === 'ip-2'

function isEarlier(frame: SeenFrame, { id }: ProbeIdentity): boolean {
  const marks = [frame.sourcePort, frame.destinationPort, frame.icmp?.id, ...frame.quoted].filter(
    (mark) => mark !== undefined,
  )
  return marks.some((mark) => mark >= FIRST_IDENTITY && mark < FIRST_EPHEMERAL) && !marks.includes(id)
}

/**
 * Reduces what was seen of a probe to what is compared. `inside` names the namespaces that belong to the host; frames of machines
 * outside are not its to predict. ARP is not compared: it depends on what was asked when.
 */
export function observedTruth(
  observed: Observed,
  counters: readonly CounterSource[],
  identity: ProbeIdentity,
  inside: Readonly<Record<string, string>>,
): Truth {
  const chatter = [...observed.frames, ...observed.late].some((frame) => isChatter(frame, identity))
  const frames = observed.frames.flatMap((frame) => {
    if (!isIp(frame) || isChatter(frame, identity)) return []
    const netns = inside[frame.netns]
    return netns === undefined ? [] : [reduceFrame(netns, frame, identity)]
  })
  const rules = counters.flatMap(({ netns, program }, index) => {
    const family = program === 'iptables-save' ? 'ip' : 'ip6'
    if (family === 'ip6' && chatter) return []
    return countRises(inside[netns] ?? netns, family, observed.before[index] ?? '', observed.after[index] ?? '')
  })
  return { outcome: nameOutcome(observed.result, identity.to), frames, rules }
}

/** Names what the sender saw in the words of truth.ts. An answer from an address that was not asked is not taken for one. */
export function nameOutcome(result: ProbeResult, asked: string): Outcome {
  if (result.icmp !== undefined) return `unreachable ${result.icmp.type}/${result.icmp.code} from ${result.icmp.from}`
  if (result.outcome === 'send-error') return `error ${result.error ?? 'unknown'}`
  if (result.outcome === 'reset-after-connect' || result.outcome === 'closed-after-connect') return 'reset'
  return result.from !== undefined && result.from !== asked ? 'silence' : result.outcome
}

function reduceFrame(netns: string, frame: Frame, identity: ProbeIdentity): TruthFrame {
  const port = (value: number | undefined): number | null => value ?? null
  return hideChosenPort(
    {
      netns,
      device: frame.device,
      direction: frame.direction,
      protocol: frame.protocol === 'icmp6' ? 'icmpv6' : protocolName(frame.protocol),
      src: frame.src,
      dst: frame.dst,
      sourcePort: port(frame.sourcePort),
      destinationPort: port(frame.destinationPort),
      icmp: frame.icmp === undefined ? null : showIcmp(frame.icmp.type, frame.icmp.code, frame.icmp.id),
      ttl: frame.ttl ?? 0,
    },
    identity.id,
  )
}

const protocolName = (name: string): Protocol => (name.startsWith('ip-') ? name.slice(3) : name) as Protocol

/** docker-proxy's own connections have ports that the kernel chooses at random; they are compared as "some port", 0. */
export function hideChosenPort(frame: TruthFrame, id: number): TruthFrame {
  if (frame.sourcePort === id || frame.destinationPort === id) return frame
  const hide = (port: number | null): number | null => (port !== null && port >= FIRST_EPHEMERAL ? 0 : port)
  return { ...frame, sourcePort: hide(frame.sourcePort), destinationPort: hide(frame.destinationPort) }
}
