import type { HostState } from '../host/host-state.ts'
import type { Hook } from '../host/ruleset.ts'
import type { SeenRule } from './observation.ts'
import type { ChainVisit, JudgedEvent } from './seen-packet.ts'

type PacketEvent = SeenRule & { readonly event: Extract<SeenRule['event'], { kind: 'packet' }> }

/**
 * Puts the events of rule traces together by base chain. Each begins with the packet's headers; the events of several
 * packets may lie between each other, and the kernel uses trace ids again, so an id holds from one `packet` to the next.
 * Events without headers before them, as after a start in the middle, belong to nobody and are left out; so do those of
 * pieces that came by before they were put together, which only tables without connection tracking ever judge.
 */
export function gatherVisits(state: HostState, rules: readonly SeenRule[]): readonly ChainVisit[] {
  const open = new Map<string, JudgedEvent[]>()
  const visits: ChainVisit[] = []
  for (const seen of rules) {
    const key = `${seen.netns} ${seen.traceId} ${seen.family} ${seen.table}`
    const { event, chain } = seen
    if (event.kind === 'packet') {
      const events: JudgedEvent[] = []
      open.set(key, events)
      visits.push(startVisit(state, { ...seen, event }, events))
    } else if (event.kind === 'piece') open.delete(key)
    else if (event.kind === 'rule' || event.kind === 'policy') open.get(key)?.push({ chain, event })
  }
  return visits
}

function startVisit(state: HostState, seen: PacketEvent, events: readonly JudgedEvent[]): ChainVisit {
  const { netns, traceId, family, table, chain } = seen
  const { packet, identity, inDevice, outDevice } = seen.event
  return {
    netns,
    traceId,
    family,
    table,
    chain,
    hook: hookOf(state, seen),
    packet,
    identity,
    inDevice,
    outDevice,
    events,
  }
}

const BUILT_IN: Readonly<Record<string, Hook>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
}

const HOOKS: readonly Hook[] = ['prerouting', 'input', 'forward', 'output', 'postrouting']

/** The hook of a base chain: iptables names chains by it, the state has those of native ones. A chain that is new tells by its devices. */
function hookOf(state: HostState, { netns, family, table, chain, event }: PacketEvent): Hook {
  const tables = state.namespaces.find(({ name }) => name === netns)?.rulesets.nft ?? []
  const known = tables
    .find((each) => each.family === family && each.name === table)
    ?.chains.find(({ name }) => name === chain)?.base?.hook
  const named = HOOKS.find((hook) => hook === known) ?? BUILT_IN[chain]
  if (named !== undefined) return named
  if (event.outDevice === null) return 'prerouting'
  if (event.inDevice === null) return /post/i.test(chain) ? 'postrouting' : 'output'
  return /post/i.test(chain) ? 'postrouting' : 'forward'
}
