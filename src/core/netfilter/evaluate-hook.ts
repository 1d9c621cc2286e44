import type { HookCall, HookOutcome, NetfilterContext, NetfilterOptions } from './hook.ts'

/** Returns what netfilter does with a packet at one hook of one namespace. */
export function evaluateHook(_context: NetfilterContext, _call: HookCall, _options: NetfilterOptions): HookOutcome {
  throw new Error('evaluateHook is not written yet')
}
