import type { TableFamily } from './ruleset.ts'

/**
 * What native nftables rules say, read from `nft -j`. A word stays as nft prints it (`established`, `ssh`, `lo`): what it
 * stands for depends on what it is compared with.
 */

/**
 * An expression: something of the packet, or a constant. `unsupported` was read, but is not evaluated: a rule that depends
 * on it gives `cannot-tell`, never a guess.
 */
export type NftExpression =
  /** A header field, `ip daddr`. `protocol` is as nft names it: `ip`, `tcp`, `th` ... */
  | { readonly kind: 'payload'; readonly protocol: string; readonly field: string }
  /** Bits of the packet by their place behind a header: `@nh,96,32`. */
  | {
      readonly kind: 'raw-payload'
      readonly base: 'll' | 'nh' | 'th' | 'ih'
      readonly offset: number
      readonly length: number
    }
  /** An option of TCP, or a field of one. */
  | { readonly kind: 'tcp-option'; readonly name: string; readonly field: string | null }
  /** An IPv6 extension header, or a field of one. */
  | { readonly kind: 'extension-header'; readonly name: string; readonly field: string | null }
  | { readonly kind: 'meta'; readonly key: string }
  | { readonly kind: 'ct'; readonly key: string; readonly direction: 'original' | 'reply' | null }
  | { readonly kind: 'fib'; readonly result: string; readonly flags: readonly string[] }
  | {
      readonly kind: 'operation'
      readonly operator: '&' | '|' | '^' | '<<' | '>>'
      readonly operands: readonly NftExpression[]
    }
  | { readonly kind: 'concat'; readonly parts: readonly NftExpression[] }
  /** What a map has for a key; `set` is a set of its own or the name of one. */
  | { readonly kind: 'map'; readonly key: NftExpression; readonly set: NftExpression }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'word'; readonly text: string }
  /** `exists` and `missing`. */
  | { readonly kind: 'flag'; readonly value: boolean }
  | { readonly kind: 'prefix'; readonly address: string; readonly length: number }
  | { readonly kind: 'range'; readonly from: NftExpression; readonly to: NftExpression }
  /** Bits: `established,related`. */
  | { readonly kind: 'list'; readonly items: readonly NftExpression[] }
  | { readonly kind: 'set'; readonly elements: readonly NftElement[] }
  | { readonly kind: 'set-name'; readonly name: string }
  | { readonly kind: 'unsupported'; readonly text: string }

/** What decides how a packet goes on in its chain. */
export type NftVerdict =
  | { readonly kind: 'accept' | 'drop' | 'continue' | 'return' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'queue'; readonly text: string }

/** One member of a set; of a map with what it leads to. The key `*` stands for everything that no other one holds. */
export interface NftElement {
  readonly key: NftExpression
  readonly data: NftExpression | NftVerdict | null
}

/** How a match compares; `in` asks for a common bit, `!` for none. */
export type NftOperator = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'in' | '!'

/** One statement of a rule. A rule's statements are taken in turn, until one does not hold. */
export type NftStatement =
  | {
      readonly kind: 'match'
      readonly operator: NftOperator
      readonly left: NftExpression
      readonly right: NftExpression
    }
  | { readonly kind: 'verdict'; readonly verdict: NftVerdict }
  | { readonly kind: 'verdict-map'; readonly key: NftExpression; readonly set: NftExpression }
  /** Depends on what else passes: `limit`, `quota`, `ct count`. `over` holds for what is too much. */
  | {
      readonly kind: 'limit'
      readonly what: string
      readonly over: boolean
      /** Of `ct count`: how many connections. */
      readonly count?: number
    }
  | { readonly kind: 'assign'; readonly key: NftExpression; readonly value: NftExpression }
  | {
      readonly kind: 'dnat' | 'snat'
      readonly family: 'ip' | 'ip6' | null
      readonly address: NftExpression | null
      readonly port: NftExpression | null
      readonly flags: readonly string[]
    }
  | {
      readonly kind: 'masquerade' | 'redirect'
      readonly port: NftExpression | null
      readonly flags: readonly string[]
    }
  /** `type` null is plain `reject`: port unreachable in the packet's own IP version. */
  | {
      readonly kind: 'reject'
      readonly type: 'icmp' | 'icmpv6' | 'icmpx' | 'tcp reset' | null
      readonly code: string | null
    }
  | { readonly kind: 'notrack' }
  /** `counter`, `log`, `add @set { ... }` ...: nothing that decides where this packet goes. */
  | { readonly kind: 'no-effect'; readonly what: string }
  | { readonly kind: 'unsupported'; readonly text: string }

/** A native nftables rule: its text (without counters), and what it says. */
export interface NftRule {
  readonly text: string
  readonly handle: number
  readonly comment: string | null
  readonly statements: readonly NftStatement[]
}

/** A native nftables chain; `base` is null for a regular chain. */
export interface NftChain {
  readonly name: string
  readonly handle: number
  readonly base: {
    readonly type: 'filter' | 'nat' | 'route'
    readonly hook: string
    readonly priority: number
    readonly policy: 'accept' | 'drop'
  } | null
  readonly rules: readonly NftRule[]
}

/** A named set or map. `dynamic`: packets themselves add to it or time takes from it, so it is not known what it holds. */
export interface NftSet {
  readonly name: string
  readonly dynamic: boolean
  readonly elements: readonly NftElement[]
}

/** A native nftables table (not one that iptables-nft owns). A dormant one is not asked. */
export interface NftTable {
  readonly family: TableFamily
  readonly name: string
  readonly handle: number
  readonly dormant: boolean
  readonly chains: readonly NftChain[]
  readonly sets: readonly NftSet[]
}
