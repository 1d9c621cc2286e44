import { hearsBroadcasts, siblingsOf, type Stacked, stackedOn } from '../forward/index-stacked.ts'
import type { LinkQuestion, Reach, Way } from './ask-on-link.ts'
import { answersFor } from './answers-for.ts'
import { choosePort } from './find-outlet.ts'
import { addFrame, addStep, isEdge, openDevice } from './hop-log.ts'
import type { PreparedHost, PreparedNamespace } from './prepare-host.ts'
import { parentOf, type Seat } from './descend-stack.ts'

/** How the question goes on from a seat: up its stack, or out of its device. */
export interface Onward {
  readonly hear: (seat: Seat, way: Way) => Reach | null
  readonly beyond: (seat: Seat, way: Way) => Reach | null
}

/**
 * Follows a broadcast question that a macvlan, ipvlan, vlan or bond device sends: to those beside it that hear it, and down
 * to the device below and its wire. The stack of the one below does not hear it (linux:drivers/net/macvlan.c
 * macvlan_broadcast, drivers/net/ipvlan/ipvlan_core.c ipvlan_process_multicast).
 */
export function askStacked(question: LinkQuestion, from: Seat, way: Way, onward: Onward): Reach | null {
  const { host } = question.world
  const beside = listBeside(host, from)
  const target = beside.find((seat) => answersFor(seat.ns, seat.device, question.target))
  const below = findBelow(host, from)
  const under: Way = below === null ? way : { stop: { ...below, direction: 'out' }, before: way }
  // An answer between two macvlan devices comes in on the parent, for its taps; ipvlan hands it straight over.
  const back = from.device.kind === 'macvlan' ? under : way
  let reached: Reach | null = null
  for (const seat of beside) if (seat !== target) reached = onward.hear(seat, back) ?? reached
  if (below === null) question.unseen.push(from.device.name)
  else reached = askBelow(question, from, below, under, onward) ?? reached
  return (target === undefined ? null : onward.hear(target, back)) ?? reached
}

function askBelow(question: LinkQuestion, from: Seat, below: Seat, way: Way, { beyond }: Onward): Reach | null {
  const { log, packet, world } = question
  const { ns, device } = below
  const why = `${from.device.name} hands the question to ${device.name} of ${ns.netns.name}, which sends it on its wire.`
  openDevice(log, ns.netns.name, device, packet)
  addFrame(log, 'out', packet)
  addStep(log, { kind: 'exit', device: device.name, why })
  if (from.device.mode === 'vepa' || from.device.apart === 'vepa')
    world.warnings.add(
      `${from.device.name} of ${from.ns.netns.name} is in mode vepa: a switch that reflects (802.1Qbg) would bring its neighbours into reach; an ordinary one, as is assumed, does not.`,
    )
  const hidden = from.device.kind === 'vlan' && !isEdge(device) && device.kind !== 'bond'
  if (hidden) question.unseen.push(from.device.name)
  return hidden ? null : beyond(below, way)
}

function findBelow(host: PreparedHost, { ns, device }: Seat): Seat | null {
  if (device.kind !== 'bond') return parentOf(host, device)
  const port = choosePort(ns, device)
  return port === null ? null : { ns, device: port.device }
}

/**
 * Those on the same parent that hear what a device broadcasts and can answer it there: macvlan in mode bridge among its like,
 * ipvlan in mode l2 unless it is private (the driver drops the answer) or vepa (the answer goes out on the wire).
 */
function listBeside(host: PreparedHost, { ns, device }: Seat): readonly Seat[] {
  if ((device.kind === 'macvlan' && device.mode !== 'bridge') || device.apart !== undefined) return []
  const all = siblingsOf(host.stacked, ns.netns.id, device)
  return seatsOf(
    host,
    all.filter((each) => each.device.kind === device.kind && each.device.mode === device.mode),
  )
}

/** Returns the devices on one that hear what comes in there from its wire. */
export function listAbove(host: PreparedHost, ns: PreparedNamespace, device: string): readonly Seat[] {
  return seatsOf(host, stackedOn(host.stacked, ns.netns.id, device))
}

function seatsOf(host: PreparedHost, stacked: readonly Stacked[]): readonly Seat[] {
  return stacked.flatMap(({ netns, device }) => {
    const ns = hearsBroadcasts(device) ? host.namespace(netns) : null
    return ns === null ? [] : [{ ns, device }]
  })
}
