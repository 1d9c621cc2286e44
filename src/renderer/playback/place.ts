import type { Step } from '../../core/trace/step.ts'
import type { Hop } from '../../core/trace/trace-report.ts'

/** The gates that the host's own stack is drawn with. `local` is its processes and the kernel as an addressee. */
export type GateId = 'prerouting' | 'route' | 'forward' | 'postrouting' | 'input' | 'local' | 'output'

/** Where in the picture something happens. `stack` is the inside of a namespace that is not drawn with gates. */
export type Place =
  | { readonly kind: 'gate'; readonly netns: string; readonly gate: GateId }
  | { readonly kind: 'device'; readonly netns: string; readonly device: string }
  | { readonly kind: 'stack'; readonly netns: string }
  | { readonly kind: 'external'; readonly address: string }

/** Returns a text that two places share exactly when they are the same place; usable as a key. */
export function placeKey(place: Place): string {
  switch (place.kind) {
    case 'gate':
      return `gate:${place.netns}/${place.gate}`
    case 'device':
      return `device:${place.netns}/${place.device}`
    case 'stack':
      return `stack:${place.netns}`
    case 'external':
      return `external:${place.address}`
    default:
      return place satisfies never
  }
}

/** Tells whether a namespace is a host's own: `host`, or `NAME/host` where there are several. */
export function isHostNetns(netns: string): boolean {
  return netns === 'host' || netns.endsWith('/host')
}

const HOOK_GATES: Readonly<Record<string, GateId>> = {
  prerouting: 'prerouting',
  input: 'input',
  forward: 'forward',
  output: 'output',
  postrouting: 'postrouting',
}

/** Returns the gate that a step belongs to by itself, or null for a step that happens wherever the packet already is. */
function gateOfStep(step: Step): GateId | null {
  switch (step.kind) {
    case 'rule':
    case 'policy':
      return HOOK_GATES[step.hook.toLowerCase()] ?? null
    case 'route':
      return 'route'
    case 'originate':
    case 'deliver':
    case 'proxy':
      return 'local'
    case 'enter':
    case 'bridge':
    case 'conntrack':
    case 'neighbor':
    case 'cross':
    case 'encapsulate':
    case 'decapsulate':
    case 'exit':
    case 'drop':
    case 'unknown':
      return null
    default:
      return step satisfies never
  }
}

/**
 * Returns the place of every step of one hop, in order; one place for a hop without steps. In a host's namespace hook and
 * route steps are at their gates (also those that br_netfilter runs on a bridged frame); a step without a gate of its own
 * stays where the step before it was. `towards` is the far address, by which the outside is told apart.
 */
export function placesOfHop(hop: Hop, towards: string): readonly Place[] {
  const home = homeOf(hop, towards)
  if (hop.steps.length === 0) return [home]
  if (hop.netns === 'external' || !isHostNetns(hop.netns)) return hop.steps.map(() => home)
  const first = hop.steps.map(gateOfStep).find((gate) => gate !== null) ?? 'route'
  let current: Place = hop.device === null ? { kind: 'gate', netns: hop.netns, gate: first } : home
  return hop.steps.map((step) => {
    const gate = gateOfStep(step)
    if (gate !== null) current = { kind: 'gate', netns: hop.netns, gate }
    else if (returnsToDevice(step)) current = home
    return current
  })
}

/** A bridge's own forwarding, a frame coming in or going out happen at the device, whatever hook ran before. */
function returnsToDevice(step: Step): boolean {
  return step.kind === 'enter' || step.kind === 'exit' || step.kind === 'cross' || step.kind === 'bridge'
}

function homeOf(hop: Hop, towards: string): Place {
  if (hop.netns === 'external' || hop.kind === 'external') return { kind: 'external', address: towards }
  // A namespace's own loop is not drawn: what goes over it stays among the processes.
  if (hop.kind === 'loopback') return loopOf(hop.netns)
  if (hop.device !== null) return { kind: 'device', netns: hop.netns, device: hop.device }
  return isHostNetns(hop.netns)
    ? { kind: 'gate', netns: hop.netns, gate: 'route' }
    : { kind: 'stack', netns: hop.netns }
}

function loopOf(netns: string): Place {
  return isHostNetns(netns) ? { kind: 'gate', netns, gate: 'local' } : { kind: 'stack', netns }
}
