import { applyNat } from './apply-nat.ts'
import { type BaseChain, type Stage } from './compile-rulesets.ts'
import { type Connection, type ConntrackView, confirmConnection } from './conntrack.ts'
import { recordConfirmed, recordTracked, recordTranslated } from './record-conntrack.ts'
import { recordUnknown } from './record-step.ts'
import { checkRivals, runRivals } from './rival-chains.ts'
import { runBaseChain } from './run-base-chain.ts'
import type { Packet } from '../net/packet.ts'
import type { HookCall, HookOutcome, NetfilterContext, NetfilterOptions, Skb } from './hook.ts'
import { connectionsOf, type HookRun, type Outcome, replacePacket } from './hook-run.ts'
import { createMatchInput } from './match-input.ts'
import { type Manip, NULL_BINDING, setupNat } from './setup-nat.ts'
import { manipOf } from './statement/nat-statement.ts'
import { isIcmpError, trackPacket } from './track-packet.ts'

/**
 * Returns what netfilter does with a packet at one hook of one namespace: raw, connection tracking, mangle, nat,
 * filter and security in the kernel's order. The devices of the call are the same for the whole hook, also after a
 * rule has changed the destination (linux: struct nf_hook_state). New connections and their translations are written
 * into `context.conntrack`.
 */
export function evaluateHook(context: NetfilterContext, call: HookCall, options: NetfilterOptions): HookOutcome {
  const run = startRun(context, call, options)
  if (call.skb.packet.arp !== undefined) return finish(run, 'accept')
  const { unreadable } = context.rules
  if (unreadable.length > 0) {
    const what = `${unreadable.join(' and ')} rules of ${context.netns.name}`
    recordUnknown(run, what, `The ${what} could not be read, so what they do with the packet cannot be told.`)
    return finish(run, 'cannot-tell')
  }
  for (const stage of context.rules[run.family].stages[call.hook]) {
    const { packet, mark } = run.input
    const outcome = runStage(run, stage)
    if (outcome !== 'continue' && outcome !== 'accept') return finish(run, outcome)
    if (call.hasWay !== undefined && isMoved(run, stage, packet, mark) && !call.hasWay(skbOf(run)))
      return finish(run, 'drop')
  }
  return finish(run, 'accept')
}

function startRun(context: NetfilterContext, call: HookCall, options: NetfilterOptions): HookRun {
  return {
    context,
    call,
    options,
    family: call.skb.packet.family === 4 ? 'ip' : 'ip6',
    input: createMatchInput(call, context),
    steps: [],
    reject: null,
    reason: '',
  }
}

function finish(run: HookRun, verdict: Exclude<Outcome, 'continue'>): HookOutcome {
  const reason = verdict === 'accept' ? '' : run.reason
  return { verdict, skb: skbOf(run), steps: run.steps, reject: run.reject, reason }
}

function skbOf({ input }: HookRun): Skb {
  return { packet: input.packet, mark: input.mark, conntrack: input.conntrack }
}

/**
 * Only mangle, chains of type route, and nat look for a way again, each for what itself has changed: a mark that filter sets
 * comes too late (linux:net/ipv4/netfilter/iptable_mangle.c ipt_mangle_out, net/netfilter/nft_chain_route.c,
 * nf_nat_proto.c nf_nat_ipv4_local_fn).
 */
function isMoved(run: HookRun, stage: Stage, before: Packet, mark: number): boolean {
  if (stage.kind === 'track' || stage.kind === 'confirm') return false
  if (stage.kind === 'chain' && !looksAgain(stage.base)) return false
  if (stage.kind === 'rivals' && !stage.bases.some(looksAgain)) return false
  const { packet } = run.input
  if (stage.kind === 'nat') return isRedirected(run.input.conntrack)
  const turned = packet.src !== before.src || packet.dst !== before.dst || run.input.mark !== mark
  return turned || (packet.family === 4 ? packet.tos !== before.tos : packet.ttl !== before.ttl)
}

/**
 * Nat asks the connection and not the packet: an ICMP error about an answer of a translated one had its destination all
 * along, and is routed anew all the same, now by its own source (nf_nat_ipv4_local_fn, nf_nat_ipv6_local_fn).
 */
function isRedirected(view: ConntrackView | null): boolean {
  if (view === null || view.connection === null) return false
  const { original, reply } = view.connection
  return view.direction === 'original' ? original.dst !== reply.src : reply.dst !== original.src
}

function looksAgain(base: BaseChain): boolean {
  return base.kind === 'iptables' ? base.chain.table === 'mangle' : base.type === 'route'
}

function runStage(run: HookRun, stage: Stage): Outcome {
  switch (stage.kind) {
    case 'chain':
      return runBaseChain(run, stage.base)
    case 'rivals':
      return runRivals(run, stage.bases)
    case 'track':
      return track(run)
    case 'nat':
      return runNat(run, stage.bases)
    case 'confirm':
      return confirm(run)
  }
}

/** Looks the packet up, once: one that brings its connection along (over lo, or made for a known packet) keeps it. */
function track(run: HookRun): Outcome {
  const { input, context } = run
  if (input.conntrack !== null) return 'continue'
  const loose = context.netns.sysctls['netfilter/nf_conntrack_tcp_loose'] !== '0'
  const tracked = trackPacket(connectionsOf(run), input.packet, loose)
  input.conntrack = tracked.view
  recordTracked(run, tracked)
  return 'continue'
}

/**
 * The nat chains of a hook, which only the first packet of a connection meets, and the rewriting that every packet
 * meets. Follows linux:net/netfilter/nf_nat_core.c nf_nat_inet_fn and nf_nat_proto.c nf_nat_ipv4_fn.
 */
function runNat(run: HookRun, bases: readonly BaseChain[]): Outcome {
  const view = run.input.conntrack
  if (view === null || view.connection === null) return 'continue'
  const manip = manipOf(run)
  const related = view.state === 'related'
  if (related && isRedirect(run.input.packet) && !isUntranslated(view.connection)) return dropRedirect(run)
  const asked = (view.state === 'new' || related) && !(related && isIcmpError(run.input.packet))
  let note: string | null = null
  if (asked && !isDone(view.connection, manip)) {
    const outcome = askNatChains(run, bases, view.connection, manip)
    if (outcome !== 'continue') return outcome
    if (!isDone(view.connection, manip) && !view.connection.confirmed) note = bindNothing(run, view.connection, manip)
  }
  rewrite(run, view, manip, note)
  return 'continue'
}

const isRedirect = ({ protocol, icmp }: Packet): boolean => protocol === 'icmp' && icmp?.type === 5

/** Both nat hooks have been asked, and neither wanted to translate. */
function isUntranslated(connection: Connection): boolean {
  const { sourceDone, destinationDone, sourceNat, destinationNat } = connection
  return sourceDone && destinationDone && !sourceNat && !destinationNat
}

/** The ends of a translated connection must not talk to each other directly (nf_nat_proto.c nf_nat_icmp_reply_translation). */
function dropRedirect(run: HookRun): Outcome {
  const why = 'NAT drops redirects about connections that it translates, or has yet to decide about.'
  run.steps.push({ kind: 'drop', reason: 'NAT_REDIRECT', evidence: { basis: 'state' }, diff: [], why })
  run.reason = why
  return 'drop'
}

function askNatChains(run: HookRun, bases: readonly BaseChain[], connection: Connection, manip: Manip): Outcome {
  const rivalry = checkRivals(run, bases)
  if (rivalry !== 'continue') return rivalry
  for (const base of bases) {
    const outcome = runBaseChain(run, base)
    if (outcome !== 'continue' && outcome !== 'accept') return outcome
    if (isDone(connection, manip)) break
  }
  return 'continue'
}

function isDone(connection: Connection, manip: Manip): boolean {
  return manip === 'source' ? connection.sourceDone : connection.destinationDone
}

/** No rule wanted to translate: the connection keeps its addresses, but its port still has to be free. */
function bindNothing(run: HookRun, connection: Connection, manip: Manip): string | null {
  const setup = setupNat(connectionsOf(run), connection, manip, NULL_BINDING)
  return setup.kind === 'done' ? setup.note : null
}

function rewrite(run: HookRun, view: ConntrackView, manip: Manip, note: string | null): void {
  const diff = replacePacket(run, applyNat(run.input.packet, view, manip))
  if (diff.length > 0) recordTranslated(run, view, manip, diff, note)
}

/** The last thing at input and postrouting: only now can other packets find the connection (nf_confirm). */
function confirm(run: HookRun): Outcome {
  const view = run.input.conntrack
  if (view === null || view.connection === null || view.connection.confirmed) return 'continue'
  if (view.direction === 'reply') return 'continue'
  confirmConnection(connectionsOf(run), view.connection)
  recordConfirmed(run, view.connection)
  return 'continue'
}
