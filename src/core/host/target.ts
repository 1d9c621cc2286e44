import type { PortRange } from './match.ts'

/** Options that NAT targets share. `ports` null keeps the packet's own where it can. */
interface NatRange {
  /** Null for a port-only rewrite (`--to-source :53`). */
  readonly addresses: { readonly from: string; readonly to: string } | null
  readonly ports: PortRange | null
  readonly random: boolean
  readonly persistent: boolean
  /** `:8000-8010/80`: port 80 becomes 8000, 81 becomes 8001 and so on. Missing for the usual range. */
  readonly basePort?: number
}

/** One change of an ipset. */
export interface SetChange {
  readonly action: 'add' | 'delete'
  readonly name: string
  readonly directions: readonly ('src' | 'dst')[]
}

/**
 * What an iptables rule does when it matches. Each kind is one file in core/netfilter/statement. `unsupported` was
 * read whole but is not evaluated: reaching it gives `cannot-tell`.
 */
export type Target =
  | { readonly kind: 'accept' | 'drop' | 'return' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | {
      readonly kind: 'reject' /** `icmp-port-unreachable`, `tcp-reset`, ... as `--reject-with` names it. */
      readonly with: string
    }
  | ({ readonly kind: 'dnat' | 'snat' } & NatRange)
  | { readonly kind: 'masquerade'; readonly ports: PortRange | null; readonly random: boolean }
  | { readonly kind: 'redirect'; readonly ports: PortRange | null; readonly random: boolean }
  | { readonly kind: 'netmap'; readonly prefix: string }
  | {
      readonly kind: 'mark' | 'connmark'
      readonly operation: 'set' | 'and' | 'or' | 'xor' | 'xset' | 'save' | 'restore'
      readonly value: number
      /** Of the mark that is read from or written to the packet; `ctMask` of the connection's, where it is another one. */
      readonly mask: number
      readonly ctMask?: number
      /** Bits by which CONNMARK moves the mark to the left on its way; less than 0 to the right. */
      readonly shift?: number
    }
  | { readonly kind: 'notrack' }
  | { readonly kind: 'ct-zone'; readonly zone: number }
  | { readonly kind: 'set'; readonly changes: readonly SetChange[] }
  | {
      readonly kind: 'tproxy'
      readonly port: number
      /** Null for the address of the device that the packet came by. */
      readonly address: string | null
      readonly mark: { readonly value: number; readonly mask: number }
    }
  | { readonly kind: 'log'; readonly module: 'LOG' | 'NFLOG' | 'ULOG' | 'TRACE' }
  | { readonly kind: 'tcp-mss'; readonly mss: number | 'clamp-to-pmtu' }
  | { readonly kind: 'ttl'; readonly operation: 'set' | 'inc' | 'dec'; readonly value: number }
  | { readonly kind: 'tos'; readonly value: number; readonly mask: number }
  | {
      readonly kind: 'no-effect' /** CHECKSUM, CLASSIFY, AUDIT ...: changes nothing that a trace shows. */
      readonly module: string
    }
  | { readonly kind: 'unsupported'; readonly module: string; readonly text: string }
