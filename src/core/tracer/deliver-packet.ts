import { findSocket } from '../forward/find-socket.ts'
import { readSysctl } from '../forward/read-sysctl.ts'
import type { Socket } from '../host/socket.ts'
import { isLinkLocal } from '../net/address.ts'
import { formatEnd, nameIcmp } from '../net/format-packet.ts'
import type { Packet } from '../net/packet.ts'
import type { Skb } from '../netfilter/hook.ts'
import { answerError } from './answer-error.ts'
import { isAnycast, refuseAnycast } from './anycast.ts'
import { chooseSource, mtuTowards } from './choose-source.ts'
import { addStep } from './hop-log.ts'
import { defaultTtl, isEchoRequest, makeReply, makeReset } from './make-packet.ts'
import { matchesExpectation } from './match-expectation.ts'
import { type Answer, type Ending, end, type Journey } from './place.ts'
import { findGap, type PreparedNamespace } from './prepare-host.ts'

/**
 * Hands a packet that INPUT let through to who takes it: the program that waits for this answer, the kernel (echo), a
 * listening socket, or nobody (reset for TCP, ICMP port unreachable for UDP).
 */
export function deliverPacket(journey: Journey, ns: PreparedNamespace, device: string, skb: Skb): Ending {
  if (journey.expected !== null) return deliverAnswer(journey, ns, skb)
  const { packet } = skb
  if (isEchoRequest(packet)) return deliverEcho(journey, ns, skb)
  if (packet.protocol === 'tcp' || packet.protocol === 'udp')
    return deliverToSocket(journey, ns, device, skb, packet.protocol)
  const what = `what ${ns.netns.name} does with protocol ${packet.protocol}`
  addStep(journey.log, { kind: 'unknown', what, why: 'Hopwire delivers echo requests, TCP and UDP.' })
  return end('cannot-tell', `Cannot tell: ${what}.`)
}

type LocalAnswer = Extract<Answer, { kind: 'local' }>

function deliverAnswer(journey: Journey, ns: PreparedNamespace, skb: Skb): Ending {
  const { packet } = skb
  const { expected } = journey
  if (expected !== null && matchesExpectation(expected, ns, packet)) {
    const what =
      packet.icmp === undefined ? 'answer' : `ICMP ${nameIcmp(packet.family, packet.icmp.type, packet.icmp.code)}`
    addStep(journey.log, {
      kind: 'deliver',
      to: 'socket',
      socket: formatEnd(packet.dst, packet.destinationPort),
      process: expected.by,
      why: `The ${what} reaches the one that waits for it in ${ns.netns.name}.`,
    })
    return end('delivered', `The ${what} reaches ${ns.netns.name}.`)
  }
  const from = formatEnd(packet.src, packet.sourcePort)
  const why = `Nobody in ${ns.netns.name} waits for a packet from ${from}.`
  addStep(journey.log, { kind: 'drop', reason: 'NO_SOCKET', why })
  return end('nothing-listening', why, refuseStray(ns, skb))
}

/** What the kernel sends to a packet that belongs to no connection and no socket. Resets and errors are never answered. */
function refuseStray(ns: PreparedNamespace, skb: Skb): Answer | null {
  const { packet } = skb
  const why = 'The kernel refuses a packet that nobody waits for.'
  if (packet.protocol === 'udp') return portError(ns, skb, why)
  if (packet.protocol !== 'tcp' || packet.tcpFlags?.includes('rst') === true) return null
  return localAnswer(ns, makeReset(packet, defaultTtl(ns.netns, packet.family)), 'kernel', false, why)
}

/** By then UDP has let go of the connection, so that the error is looked up anew (linux:net/ipv4/udp.c __udp4_lib_rcv). */
function portError(ns: PreparedNamespace, skb: Skb, why: string): Answer | null {
  return answerError(ns, { ...skb, conntrack: null }, 'port-unreachable', skb.packet.dst, why)
}

function deliverEcho(journey: Journey, ns: PreparedNamespace, skb: Skb): Ending {
  const { packet } = skb
  const sysctl = packet.family === 4 ? 'ipv4/icmp_echo_ignore_all' : 'ipv6/icmp/echo_ignore_all'
  if (readSysctl(ns.netns, sysctl, 0) === 1) {
    const why = `${ns.netns.name} ignores echo requests (icmp_echo_ignore_all).`
    addStep(journey.log, { kind: 'drop', reason: 'ICMP_IGNORED', why })
    return end('dropped', why)
  }
  addStep(journey.log, {
    kind: 'deliver',
    to: 'kernel',
    socket: null,
    process: null,
    why: `The kernel of ${ns.netns.name} answers echo requests itself, no program is needed.`,
  })
  const reply = makeReply(packet, defaultTtl(ns.netns, packet.family), 0)
  const answer = {
    ...localAnswer(ns, reply, 'kernel', false, 'The kernel answers the echo request.'),
    bound: !isAnycast(ns, packet),
  }
  return end('delivered', `${packet.dst} in ${ns.netns.name} takes the echo request.`, answer)
}

function localAnswer(ns: PreparedNamespace, packet: Packet, by: string, assumed: boolean, why: string): LocalAnswer {
  return { kind: 'local', ns, skb: { packet, mark: 0, conntrack: null }, bound: true, by, assumed, why }
}

function deliverToSocket(
  journey: Journey,
  ns: PreparedNamespace,
  device: string,
  skb: Skb,
  protocol: 'tcp' | 'udp',
): Ending {
  const { packet } = skb
  const { sockets } = ns.netns
  const place = formatEnd(packet.dst, packet.destinationPort ?? 0)
  const gap = findGap(ns, ['sockets', 'namespace'])
  const socket = findSocket(sockets ?? [], {
    protocol,
    family: packet.family,
    destination: packet.dst,
    port: packet.destinationPort ?? 0,
    device,
  })
  // Sockets that were read in part say what listens, not that nothing does.
  if (sockets === null || (socket === null && gap !== null)) {
    const what = `whether something listens on ${place} in ${ns.netns.name} (${gap?.why ?? 'sockets were not read'})`
    addStep(journey.log, { kind: 'unknown', what, why: 'The sockets of that namespace could not be read.' })
    return end('cannot-tell', `Cannot tell: ${what}.`)
  }
  if (protocol === 'tcp' && isAnycast(ns, packet)) return refuseAnycast(journey, ns, packet, socket)
  return socket === null ? refusePort(journey, ns, skb, protocol) : acceptPort(journey, ns, device, packet, socket)
}

function refusePort(journey: Journey, ns: PreparedNamespace, skb: Skb, protocol: 'tcp' | 'udp'): Ending {
  const { packet } = skb
  const place = formatEnd(packet.dst, packet.destinationPort ?? 0)
  const why = `Nothing listens on ${protocol} ${place} in ${ns.netns.name}.`
  addStep(journey.log, { kind: 'drop', reason: 'NO_SOCKET', why })
  if (protocol === 'udp') {
    const error = portError(ns, skb, 'The kernel answers that the port is closed.')
    return end('nothing-listening', why, error)
  }
  const reset = makeReset(packet, defaultTtl(ns.netns, packet.family))
  return end('nothing-listening', why, localAnswer(ns, reset, 'kernel', false, 'The kernel refuses with a reset.'))
}

/**
 * Tells whether an answer comes from the address that was asked. TCP's does. A datagram that a program sends back by a
 * plain send on a wildcard socket gets the source that the route chooses; docker-proxy asks for the right one since 28.
 */
function keepsAddress(journey: Journey, socket: Socket): boolean {
  if (socket.protocol !== 'udp' || !['0.0.0.0', '::', '*'].includes(socket.address)) return true
  return socket.proxyTo !== null && journey.world.host.state.engine.generation >= 28
}

/** Whether a program does more than a plain send (IP_PKTINFO) cannot be read from the host: where it matters, say so. */
function warnPlainSend(journey: Journey, ns: PreparedNamespace, device: string, packet: Packet): void {
  const link = isLinkLocal(packet.src) ? device : null
  const usual = chooseSource(ns, { ...packet, src: packet.dst, dst: packet.src }, link).src
  if (usual === packet.dst) return
  journey.world.warnings.add(
    `The answer is assumed to come from ${usual}, as a plain send on a wildcard socket does, though ${packet.dst} was asked; a program that uses IP_PKTINFO answers from ${packet.dst}.`,
  )
}

/** Without docker-proxy the daemon itself binds each published port, so that nobody else can, and never reads from it. */
function isPlaceholder(journey: Journey, socket: Socket): boolean {
  if (socket.protocol !== 'udp' || socket.process?.name !== 'dockerd') return false
  const { containers } = journey.world.host.state
  return containers.some(({ published }) =>
    published.some((port) => port.protocol === 'udp' && port.hostPort === socket.port),
  )
}

function acceptPort(journey: Journey, ns: PreparedNamespace, device: string, packet: Packet, socket: Socket): Ending {
  const process = socket.process?.name ?? null
  const listens = formatEnd(socket.address, socket.port)
  addStep(journey.log, {
    kind: 'deliver',
    to: 'socket',
    socket: `${socket.protocol} ${listens}`,
    process,
    why: `${process ?? 'A program'} listens on ${socket.protocol} ${listens} in ${ns.netns.name}.`,
  })
  if (isPlaceholder(journey, socket)) return end('delivered', `${process} holds ${listens} and reads nothing there.`)
  const assumed = socket.protocol === 'udp'
  const why = assumed
    ? `Assumed: ${process ?? 'the program'} answers the datagram. Whether a program does cannot be read from the host.`
    : 'The kernel accepts the connection for the listening program.'
  const mtu = assumed ? mtuTowards(ns, packet.src) : 0
  const reply = makeReply(packet, defaultTtl(ns.netns, packet.family), mtu)
  const bound = keepsAddress(journey, socket)
  if (!bound) warnPlainSend(journey, ns, device, packet)
  const answer = { ...localAnswer(ns, reply, process ?? 'kernel', assumed, why), bound }
  const ending = end('delivered', `${process ?? 'A program'} in ${ns.netns.name} takes it on ${listens}.`, answer)
  const { proxyTo } = socket
  if (proxyTo === null) return ending
  addStep(journey.log, {
    kind: 'proxy',
    process: process ?? 'docker-proxy',
    listens: `${socket.protocol} ${listens}`,
    connects: formatEnd(proxyTo.address, proxyTo.port),
    why: 'docker-proxy accepts first and then opens a connection of its own to the container.',
  })
  return { ...ending, proxy: { ns, process: process ?? 'docker-proxy', ...proxyTo } }
}
