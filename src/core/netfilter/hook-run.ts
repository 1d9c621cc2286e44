import type { FieldDiff, Packet } from '../net/packet.ts'
import { diffPackets } from '../net/diff-packet.ts'
import type { Step } from '../trace/step.ts'
import type { HookCall, NetfilterContext, NetfilterOptions, RejectAnswer } from './hook.ts'
import { type MatchInput, setPacket } from './match-input.ts'

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

/** Replaces the packet and returns the fields that changed. */
export function replacePacket(run: HookRun, packet: Packet): readonly FieldDiff[] {
  const diff = diffPackets(run.input.packet, packet)
  if (diff.length > 0) setPacket(run.input, packet)
  return diff
}
