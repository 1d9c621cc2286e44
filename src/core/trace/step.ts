import type { FieldDiff, Packet } from '../net/packet.ts'
import type { TableFamily } from '../host/ruleset.ts'
import type { Evidence } from './evidence.ts'

/** What a matching rule did. `jump`, `goto` and `return` move between chains, `continue` only counted. */
export type RuleVerdict =
  | 'accept'
  | 'drop'
  | 'reject'
  | 'return'
  | 'jump'
  | 'goto'
  | 'continue'
  | 'dnat'
  | 'snat'
  | 'masquerade'
  | 'redirect'
  | 'netmap'
  | 'mark'
  | 'notrack'
  | 'queue'

/** A rule that was looked at and did not match, with the first condition that failed, in words. */
export interface TriedRule {
  readonly rule: string
  readonly failed: string
}

/** What every step has. `diff` lists the header fields that it changed, `why` is one plain sentence for a reader. */
interface StepBase {
  readonly evidence: Evidence
  readonly diff: readonly FieldDiff[]
  readonly why: string
}

/** Where a judgement was made. */
interface RulePlace {
  readonly family: TableFamily
  readonly table: string
  readonly chain: string
  /** The hook it was reached from. */
  readonly hook: string
}

/** One thing that the kernel did to the packet, in the order in which it does it. */
export type Step = StepBase &
  (
    | { readonly kind: 'originate'; readonly packet: Packet; readonly by: string }
    | { readonly kind: 'enter'; readonly device: string }
    | {
        readonly kind: 'bridge'
        readonly bridge: string
        readonly decision: 'forward' | 'flood' | 'local' | 'drop'
        readonly ports: readonly string[]
      }
    | {
        readonly kind: 'route'
        readonly decision: 'forward' | 'local' | 'none' | 'unreachable' | 'prohibit' | 'blackhole'
        readonly table: string | null
        readonly route: string | null
        readonly via: string | null
        readonly device: string | null
      }
    | ({
        readonly kind: 'rule'
        readonly rule: string
        readonly verdict: RuleVerdict /** Chain jumped to, or the target's own words. */
        readonly target: string /** Rules of this chain that were tried since the last step in it and did not match. */
        readonly triedBefore: number
        readonly tried?: readonly TriedRule[]
      } & RulePlace)
    | ({
        readonly kind: 'policy'
        readonly verdict: 'accept' | 'drop'
        readonly triedBefore: number
        readonly tried?: readonly TriedRule[]
      } & RulePlace)
    | {
        readonly kind: 'conntrack'
        readonly state: 'new' | 'established' | 'related' | 'invalid' | 'untracked'
        readonly action: 'lookup' | 'create' | 'translate' | 'confirm'
        readonly entry: string
      }
    | {
        readonly kind: 'neighbor'
        readonly address: string
        readonly device: string
        readonly mac: string | null
        readonly state: string
      }
    | { readonly kind: 'cross'; readonly device: string; readonly toNetns: string; readonly toDevice: string }
    | { readonly kind: 'encapsulate' | 'decapsulate'; readonly device: string; readonly protocol: string }
    | { readonly kind: 'proxy'; readonly process: string; readonly listens: string; readonly connects: string }
    | {
        readonly kind: 'deliver'
        readonly to: 'socket' | 'kernel'
        readonly socket: string | null
        readonly process: string | null
      }
    | { readonly kind: 'exit'; readonly device: string }
    | {
        readonly kind: 'drop' /** The kernel's drop reason where it has one (`IP_RPFILTER`), else a short name. */
        readonly reason: string
      }
    | { readonly kind: 'unknown' /** The rule, gap or feature that cannot be evaluated. */; readonly what: string }
  )

export type StepKind = Step['kind']
