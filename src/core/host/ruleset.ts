import type { Match } from './match.ts'
import type { NftTable } from './nft.ts'
import type { Target } from './target.ts'

export type { NftChain, NftRule, NftTable } from './nft.ts'

/** Protocol family of a table. `inet` tables serve both IP versions. */
export type TableFamily = 'ip' | 'ip6' | 'inet' | 'bridge' | 'arp' | 'netdev'

/** A netfilter hook as the kernel names it for IP. */
export type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting'

/** The five iptables tables. */
export type IptablesTableName = 'raw' | 'mangle' | 'nat' | 'filter' | 'security'

/** One rule of iptables: its own line of `iptables-save` (without counters) and what that line means. */
export interface IptablesRule {
  /** `-A FORWARD -i docker0 -j ACCEPT`, exactly as printed. */
  readonly text: string
  /** All must hold for the rule to match, in the order in which they are written. */
  readonly matches: readonly Match[]
  /** Null for a rule that only counts. */
  readonly target: Target | null
}

/** One chain. `policy` is null for a user-defined chain. */
export interface IptablesChain {
  readonly name: string
  readonly policy: 'ACCEPT' | 'DROP' | null
  readonly rules: readonly IptablesRule[]
}

/** One table as `iptables-save` or `ip6tables-save` printed it, from one backend. */
export interface IptablesTable {
  readonly family: 'ip' | 'ip6'
  readonly backend: 'nft' | 'legacy'
  readonly name: IptablesTableName
  /** The handle that nft gives to the table, of backend nft: a table made later has a larger one. */
  readonly handle?: number
  readonly chains: readonly IptablesChain[]
}

/** Everything that judges packets in one namespace. Null members could not be read: there is then a gap that says so. */
export interface Rulesets {
  readonly iptables: readonly IptablesTable[] | null
  readonly nft: readonly NftTable[] | null
  /** ipsets by name (`ipset save`), for `-m set`; null when the tool could not read them. */
  readonly ipsets: readonly IpSet[] | null
}

/** One ipset with its members as `ipset save` prints them. */
export interface IpSet {
  readonly name: string
  readonly type: string
  /** What `create` said behind the type: `family inet hashsize 1024 maxelem 65536`. */
  readonly options?: string
  readonly members: readonly string[]
}
