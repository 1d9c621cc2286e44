import type { ModuleMatch } from './module-match.ts'

/** `negated` is iptables' `!` before the option. */
export interface Negatable {
  readonly negated: boolean
}

/** A closed range of port numbers; `from` equals `to` for a single port. */
export interface PortRange {
  readonly from: number
  readonly to: number
}

/** Conntrack states as `--ctstate` names them. */
export type CtState = 'INVALID' | 'NEW' | 'ESTABLISHED' | 'RELATED' | 'UNTRACKED' | 'SNAT' | 'DNAT'

/** Address types of `-m addrtype`, from the kernel's RTN_ names. */
export type AddressType =
  | 'UNSPEC'
  | 'UNICAST'
  | 'LOCAL'
  | 'BROADCAST'
  | 'ANYCAST'
  | 'MULTICAST'
  | 'BLACKHOLE'
  | 'UNREACHABLE'
  | 'PROHIBIT'
  | 'THROW'
  | 'NAT'
  | 'XRESOLVE'

/**
 * One condition of an iptables rule. Each kind is one file in core/netfilter/match. `unsupported` is a condition that
 * was read whole but that Hopwire does not evaluate: where everything else in its rule holds, the answer is
 * `cannot-tell`, never a guess.
 */
export type Match =
  | ({
      readonly kind: 'protocol' /** Lower-case name or number; `all` never appears. */
      readonly protocol: string
    } & Negatable)
  | ({
      readonly kind: 'source' | 'destination' /** Canonical prefix, or address with a non-contiguous mask as `a/m`. */
      readonly prefix: string
    } & Negatable)
  | ({
      readonly kind: 'in-interface' | 'out-interface' /** A trailing `+` matches any ending. */
      readonly name: string
    } & Negatable)
  | ({ readonly kind: 'fragment' } & Negatable)
  | ({
      readonly kind: 'source-port' | 'destination-port'
      readonly protocol: 'tcp' | 'udp' | 'sctp' | 'dccp' | 'udplite'
      readonly range: PortRange
    } & Negatable)
  | ({
      readonly kind: 'multiport'
      readonly side: 'source' | 'destination' | 'either'
      readonly ranges: readonly PortRange[]
    } & Negatable)
  | ({ readonly kind: 'tcp-flags'; readonly mask: readonly string[]; readonly set: readonly string[] } & Negatable)
  | ({ readonly kind: 'tcp-option'; readonly option: number } & Negatable)
  | ({
      readonly kind: 'icmp-type'
      readonly version: 4 | 6 /** 255 means any type. */
      readonly type: number
      readonly code: PortRange
    } & Negatable)
  | ({ readonly kind: 'ct-state'; readonly states: readonly CtState[] } & Negatable)
  | ({ readonly kind: 'ct-status'; readonly statuses: readonly string[] } & Negatable)
  | ({ readonly kind: 'ct-direction'; readonly direction: 'ORIGINAL' | 'REPLY' } & Negatable)
  | ({ readonly kind: 'ct-protocol'; readonly protocol: string } & Negatable)
  | ({
      readonly kind: 'ct-address'
      readonly field: 'original-source' | 'original-destination' | 'reply-source' | 'reply-destination'
      readonly prefix: string
    } & Negatable)
  | ({
      readonly kind: 'ct-port'
      readonly field: 'original-source' | 'original-destination' | 'reply-source' | 'reply-destination'
      readonly range: PortRange
    } & Negatable)
  | ({ readonly kind: 'ct-expire'; readonly range: PortRange } & Negatable)
  | ({
      readonly kind: 'address-type'
      readonly side: 'source' | 'destination'
      readonly types: readonly AddressType[]
      readonly limitInterface: 'in' | 'out' | null
    } & Negatable)
  | ({ readonly kind: 'mark' | 'connmark'; readonly value: number; readonly mask: number } & Negatable)
  | ({
      readonly kind: 'physdev'
      readonly test: 'in' | 'out' | 'is-in' | 'is-out' | 'is-bridged'
      readonly name: string | null
    } & Negatable)
  | ({
      readonly kind: 'ip-range'
      readonly side: 'source' | 'destination'
      readonly from: string
      readonly to: string
    } & Negatable)
  | ({ readonly kind: 'mac-source'; readonly mac: string } & Negatable)
  | ({ readonly kind: 'packet-type'; readonly type: 'unicast' | 'broadcast' | 'multicast' } & Negatable)
  | ({ readonly kind: 'ttl'; readonly test: 'eq' | 'lt' | 'gt'; readonly value: number } & Negatable)
  | ({ readonly kind: 'length'; readonly range: PortRange } & Negatable)
  | ({
      readonly kind: 'set'
      readonly name: string
      readonly directions: readonly ('src' | 'dst')[]
      /** `--return-nomatch`: entries marked `nomatch` count as the others. */
      readonly returnNomatch?: boolean
    } & Negatable)
  | ModuleMatch
  | { readonly kind: 'comment'; readonly text: string }
  | {
      readonly kind: 'unsupported' /** The module (`nfacct`, `osf` ...). */
      readonly module: string
      readonly text: string
    }
