import type { ConntrackEntry } from './conntrack-entry.ts'
import type { Interface } from './interface.ts'
import type { FdbEntry, Neighbor } from './neighbor.ts'
import type { PolicyRule, Route } from './route.ts'
import type { RuleState } from './rule-state.ts'
import type { Rulesets } from './ruleset.ts'
import type { Socket } from './socket.ts'

/**
 * One network namespace. `id` is unique in its HostState (the inode where it was read from a kernel). `name` is how
 * traces call it: `host`, `container:NAME`, `sandbox:NAME`. A null member could not be read (there is a gap that says
 * why); an empty list was read and is empty.
 */
export interface NetNamespace {
  readonly id: string
  readonly name: string
  /** Names of all containers that live in it (`--network container:X` shares one). */
  readonly containers: readonly string[]
  readonly interfaces: readonly Interface[]
  readonly routes: readonly Route[]
  readonly policyRules: readonly PolicyRule[]
  readonly neighbors: readonly Neighbor[]
  readonly fdb: readonly FdbEntry[]
  readonly rulesets: Rulesets
  readonly conntrack: readonly ConntrackEntry[] | null
  readonly sockets: readonly Socket[] | null
  /** Missing where it was not read, or where there are no rules that would ask. */
  readonly ruleState?: RuleState
  /**
   * Sysctls by their path below /proc/sys/net with slashes (`ipv4/ip_forward`, `ipv4/conf/ens5/rp_filter`,
   * `bridge/bridge-nf-call-iptables`). A missing key was not there: for `bridge/*` that means br_netfilter is off.
   */
  readonly sysctls: Readonly<Record<string, string>>
}
