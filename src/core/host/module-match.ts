import type { Negatable, PortRange } from './match.ts'

/** `text` is the condition as iptables-save wrote it, for messages: these have many options. */
interface Written {
  readonly text: string
}

/** One step of a u32 location (linux:net/netfilter/xt_u32.c): `@` reads on from where the value so far points to. */
export interface U32Operation {
  readonly operator: 'and' | 'left' | 'right' | 'at'
  readonly number: number
}

/** One test of u32: where to begin to read four bytes, what to do with them, and which values are right. */
export interface U32Test {
  readonly offset: number
  readonly operations: readonly U32Operation[]
  readonly values: readonly PortRange[]
}

/** One instruction of classic BPF (`struct sock_filter`). */
export interface BpfInstruction {
  readonly code: number
  readonly jumpTrue: number
  readonly jumpFalse: number
  readonly k: number
}

/** What hashlimit keeps a bucket for. */
export type HashlimitKey = 'srcip' | 'srcport' | 'dstip' | 'dstport'

/** What a sender's process is asked about by `owner`. */
export interface OwnerTest extends Negatable {
  readonly what: 'user' | 'group' | 'socket'
}

/** Conditions of the modules that remember, look into the packet, or ask about what stands beside it. */
export type ModuleMatch = Written &
  (
    | ({
        readonly kind: 'recent'
        readonly name: string
        readonly side: 'source' | 'destination'
        /** An address that the packet's is masked with. */
        readonly mask: string
        readonly action: 'set' | 'check' | 'update' | 'remove'
        readonly seconds: number | null
        readonly hits: number | null
        /** `--rttl`: only with the TTL that the list has for the address. */
        readonly sameTtl: boolean
      } & Negatable)
    | { readonly kind: 'limit' }
    | {
        readonly kind: 'hashlimit'
        readonly name: string
        /** `--hashlimit-above`: holds for what is over the limit. */
        readonly above: boolean
        readonly burst: number
        readonly keys: readonly HashlimitKey[]
        readonly sourceLength: number
        readonly destinationLength: number
        /** Packets are counted; otherwise bytes, or the rate itself is compared. */
        readonly countsPackets: boolean
      }
    | {
        readonly kind: 'connlimit'
        readonly limit: number
        readonly above: boolean
        readonly side: 'source' | 'destination'
        readonly prefixLength: number
      }
    | ({
        readonly kind: 'string'
        readonly bytes: readonly number[]
        readonly from: number
        readonly to: number
        readonly ignoreCase: boolean
      } & Negatable)
    | ({ readonly kind: 'u32'; readonly tests: readonly U32Test[] } & Negatable)
    | { readonly kind: 'bpf'; readonly program: readonly BpfInstruction[] }
    | { readonly kind: 'policy'; readonly direction: 'in' | 'out'; readonly policy: 'none' | 'ipsec' }
    /** `property` is true where nothing is asked but whether IPVS handles the packet. */
    | ({ readonly kind: 'ipvs'; readonly property: boolean } & Negatable)
    | ({
        readonly kind: 'rpfilter'
        readonly loose: boolean
        readonly useMark: boolean
        readonly acceptLocal: boolean
      } & Negatable)
    | { readonly kind: 'cgroup' }
    | {
        readonly kind: 'socket'
        readonly transparent: boolean
        readonly wildcard: boolean
        readonly restoreMark: boolean
      }
    | ({ readonly kind: 'statistic'; readonly certain: 'always' | 'never' | null } & Negatable)
    | { readonly kind: 'owner'; readonly tests: readonly OwnerTest[] }
    | { readonly kind: 'time' }
    | ({ readonly kind: 'tcpmss'; readonly range: PortRange } & Negatable)
    | ({ readonly kind: 'tos'; readonly value: number; readonly mask: number } & Negatable)
  )
