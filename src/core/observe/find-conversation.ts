import type { Packet } from '../net/packet.ts'
import { answersNeighbor, askedNeighbor, findUnanswered } from './neighbor-question.ts'
import type { PlaceIndex } from './place-index.ts'
import { allHeaders, firstHeaders, firstSeen, isError, type SeenPacket } from './seen-packet.ts'

/** What is looked for: the first packet of a prediction, and where it is made; null for a machine outside. */
export interface Wanted {
  readonly packet: Packet
  readonly netns: string | null
}

/**
 * Returns the packet that asks what was predicted: of its kind, made where it should be, with the same ports or the same
 * destination. What fits best wins, of equals the earliest; null where nothing fits.
 */
export function findQuestion(places: PlaceIndex, packets: readonly SeenPacket[], wanted: Wanted): SeenPacket | null {
  let best: SeenPacket | null = null
  let most = 0
  for (const packet of packets) {
    if (!isSameKind(packet, wanted.packet) || !beginsIn(places, packet, wanted.netns)) continue
    const score = scoreOf(packet, wanted.packet)
    if (score < most || (score === most && best !== null && firstSeen(best) <= firstSeen(packet))) continue
    if (score === 0) continue
    most = score
    best = packet
  }
  return best
}

function isSameKind(packet: SeenPacket, wanted: Packet): boolean {
  const first = firstHeaders(packet)
  if (first === null || first.family !== wanted.family || first.protocol !== wanted.protocol) return false
  if (first.arp !== wanted.arp || first.icmp?.type !== wanted.icmp?.type) return false
  return wanted.protocol !== 'tcp' || (first.tcpFlags?.includes('syn') === true && !first.tcpFlags.includes('ack'))
}

/** Tells whether a packet was made in a namespace, or came in from outside for null. */
function beginsIn(places: PlaceIndex, { frames, visits }: SeenPacket, netns: string | null): boolean {
  const [frame] = frames
  if (frame === undefined) return visits[0]?.netns === netns && visits[0]?.hook === 'output'
  if (netns === null) return frame.direction === 'in' && places.leadsOut(frame.netns, frame.device)
  return frame.netns === netns && (frame.direction === 'out' || places.device(netns, frame.device)?.kind === 'loopback')
}

/** The source may be the kernel's choice, the port a program's; the destination may be translated before any device shows it. */
function scoreOf(packet: SeenPacket, wanted: Packet): number {
  const headers = allHeaders(packet)
  const has = (test: (other: Packet) => boolean): boolean => headers.some(test)
  const dst = has((each) => each.dst === wanted.dst)
  const port = has((each) => each.destinationPort === wanted.destinationPort)
  const own = has((each) => ownPort(each) === ownPort(wanted))
  const src = has((each) => each.src === wanted.src)
  if (!own && !(dst && port)) return 0
  return (own ? 4 : 0) + (dst ? 2 : 0) + (port ? 2 : 0) + (src ? 1 : 0)
}

function ownPort({ icmp, sourcePort }: Packet): number | undefined {
  return icmp === undefined ? sourcePort : icmp.id
}

/**
 * Returns a packet that never left its namespace, where what it caused was seen: a question for a neighbour that nobody
 * answered, an error about it. Null where nothing tells of it.
 */
export function findHeld(packets: readonly SeenPacket[], packet: Packet, netns: string): SeenPacket | null {
  const visit = {
    netns,
    traceId: '',
    family: 'inet',
    table: '',
    chain: '',
    hook: 'output',
    packet,
    identity: {},
  } as const
  const held: SeenPacket = { frames: [], visits: [{ ...visit, inDevice: null, outDevice: null, events: [] }] }
  const asks = findUnanswered(packets, netns, Number.NEGATIVE_INFINITY) !== null
  return asks || packets.some((each) => quotes(each, held)) ? held : null
}

/** Returns the first packet that answers another, in kind or with an error; redirects are no answers. */
export function findAnswer(packets: readonly SeenPacket[], question: SeenPacket): SeenPacket | null {
  const answers = packets.filter((packet) => packet !== question && isAnswer(packet, question) && !isRedirect(packet))
  return earliest(answers.filter((packet) => firstSeen(packet) >= firstSeen(question) || question.frames.length === 0))
}

/** Returns what refuses an answer: a reset that takes up its acknowledgement, or an error about it; null for none. */
export function findRefusal(packets: readonly SeenPacket[], answer: SeenPacket): SeenPacket | null {
  const acknowledgement = answer.frames[0]?.identity.tcpAcknowledgement
  const refuses = (packet: SeenPacket): boolean => {
    if (packet === answer || isRedirect(packet)) return false
    const [first] = packet.frames
    const resets = first?.packet.tcpFlags?.includes('rst') === true && first.identity.tcpSequence === acknowledgement
    return (resets && acknowledgement !== undefined) || quotes(packet, answer)
  }
  return earliest(packets.filter(refuses))
}

/** Returns the redirects that a packet gave rise to. */
export function findRedirects(packets: readonly SeenPacket[], about: SeenPacket): readonly SeenPacket[] {
  return packets.filter((packet) => isRedirect(packet) && quotes(packet, about))
}

/** Returns the earliest of some packets; null for none. */
function earliest(packets: readonly SeenPacket[]): SeenPacket | null {
  return packets.reduce<SeenPacket | null>(
    (first, packet) => (first === null || firstSeen(packet) < firstSeen(first) ? packet : first),
    null,
  )
}

/** Tells whether a packet is an ICMP redirect. */
export function isRedirect(packet: SeenPacket): boolean {
  const first = firstHeaders(packet)
  return first?.icmp?.type === (first?.family === 6 ? 137 : 5) && first?.icmp !== undefined
}

function isAnswer(packet: SeenPacket, question: SeenPacket): boolean {
  const first = firstHeaders(packet)
  const asked = firstHeaders(question)
  if (first === null || asked === null) return false
  if (askedNeighbor(question) !== null) return answersNeighbor(packet, question)
  if (first.quoted !== undefined || isUnquotedError(packet)) return quotes(packet, question)
  if (first.protocol !== asked.protocol || first.family !== asked.family) return false
  if (asked.protocol === 'tcp') return acknowledges(packet, question)
  return allHeaders(question).some((each) =>
    asked.icmp === undefined ? isReverse(first, each) : isEchoOf(first, each),
  )
}

/** A SYN-ACK and a reset say which SYN they answer; one that only chains show does not, but goes back where that came from. */
function acknowledges(packet: SeenPacket, question: SeenPacket): boolean {
  const [chain] = packet.visits
  if (packet.frames.length === 0 && chain !== undefined)
    return (
      chain.packet.tcpFlags?.includes('ack') === true &&
      allHeaders(question).some((each) => isReverse(chain.packet, each))
    )
  const sequence = question.frames[0]?.identity.tcpSequence
  const acknowledgement = packet.frames[0]?.identity.tcpAcknowledgement
  if (sequence === undefined || acknowledgement === undefined) return false
  return acknowledgement === (sequence + 1) % 2 ** 32
}

function isReverse(answer: Packet, asked: Packet): boolean {
  const ports = answer.sourcePort === asked.destinationPort && answer.destinationPort === asked.sourcePort
  return ports && (answer.src === asked.dst || answer.dst === asked.src)
}

function isEchoOf(answer: Packet, asked: Packet): boolean {
  const type = asked.family === 4 ? 0 : 129
  if (answer.icmp?.type !== type || answer.icmp.sequence !== asked.icmp?.sequence) return false
  return answer.icmp.id === asked.icmp?.id && (answer.src === asked.dst || answer.dst === asked.src)
}

/** An error quotes the packet as it was where the error was made, and NAT turns that back on the error's way. */
function quotes(packet: SeenPacket, about: SeenPacket): boolean {
  if (isUnquotedError(packet)) return allHeaders(about).some(({ src }) => src === packet.visits[0]?.packet.dst)
  return allHeaders(packet).some(({ quoted }) => {
    if (quoted === undefined) return false
    return allHeaders(about).some((each) => {
      if (each.protocol !== quoted.protocol) return false
      const ends = Number(each.src === quoted.src) + Number(each.dst === quoted.dst)
      const ports = ownPort(each) === ownPort(quoted) && each.destinationPort === quoted.destinationPort
      return ends > 0 && ports && each.icmp?.type === quoted.icmp?.type
    })
  })
}

/** A rule trace does not tell what an ICMP error quotes, but only errors that quote the probe or its answer are traced. */
function isUnquotedError({ frames, visits: [first] }: SeenPacket): boolean {
  return frames.length === 0 && first !== undefined && isError(first.packet)
}
