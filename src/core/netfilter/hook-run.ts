import type { FieldDiff, Packet } from '../net/packet.ts'
import { diffPackets } from '../net/diff-packet.ts'
import type { Step } from '../trace/step.ts'
import type { ConntrackTable } from './conntrack.ts'
import type { HookCall, NetfilterContext, NetfilterOptions, RejectAnswer } from './hook.ts'
import { type MatchInput, setPacket } from './match-input.ts'
import { copyRuleMemory, zoneTable } from './rule-memory.ts'

/** How the evaluation of a chain or a stage ended; `continue` goes on with what follows. */
export type Outcome = 'continue' | 'accept' | 'drop' | 'reject' | 'cannot-tell'

/** One visit to one hook while it is evaluated. `input` and the last three members change. */
export interface HookRun {
  readonly context: NetfilterContext
  readonly call: HookCall
  readonly options: NetfilterOptions
  readonly family: 'ip' | 'ip6'
  readonly input: MatchInput
  readonly steps: Step[]
  reject: RejectAnswer | null
  reason: string
}

/** Returns the connections of the zone that a packet is in. */
export function connectionsOf(
  { context, input }: HookRun,
  zone = input.conntrack?.connection?.zone ?? input.zone,
): ConntrackTable {
  return zone === 0 ? context.conntrack : zoneTable(input.memory, context.netns, context.conntrack, zone)
}

/** Replaces the packet and returns the fields that changed. */
export function replacePacket(run: HookRun, packet: Packet): readonly FieldDiff[] {
  const diff = diffPackets(run.input.packet, packet)
  if (diff.length > 0) setPacket(run.input, packet)
  return diff
}

/** Returns a copy for a trial: what happens to its packet, connection and rules leaves the real ones as they are. */
export function copyRun(run: HookRun): HookRun {
  const { conntrack } = run.input
  const connection = conntrack?.connection ?? null
  const view = conntrack === null ? null : { ...conntrack, connection: connection === null ? null : { ...connection } }
  const memory = copyRuleMemory(run.input.memory)
  return { ...run, input: { ...run.input, conntrack: view, memory }, steps: [], reject: null, reason: '' }
}
