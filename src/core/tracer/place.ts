import type { Packet } from '../net/packet.ts'
import type { Skb } from '../netfilter/hook.ts'
import type { Disposition } from '../trace/disposition.ts'
import type { HopLog } from './hop-log.ts'
import type { PreparedNamespace } from './prepare-host.ts'
import type { World } from './world.ts'

/** Who waits for the packet of a reply trace: the namespace and the headers that it sent. */
export interface Expectation {
  /** Null for a machine outside. */
  readonly namespace: string | null
  readonly sent: Packet
  readonly by: string
}

/** One packet on its way: the world it changes, the hops it writes. `expected` is null for a question, set for an answer. */
export interface Journey {
  readonly world: World
  readonly log: HopLog
  readonly expected: Expectation | null
  /** `namespace device` where the conversation came in from outside: what leaves there goes back to who asked. */
  readonly entry: string | null
}

/** Where the packet is, and what the kernel does next with it. */
export type Place =
  | {
      /** A local packet; `bound` when its source address is already chosen, `link` where it must leave by that device. */
      readonly at: 'send'
      readonly ns: PreparedNamespace
      readonly skb: Skb
      readonly bound: boolean
      readonly link: string | null
      /** An ipvlan device has this namespace send the packet: its sender is not told that there is no way. */
      readonly lent?: true
    }
  | {
      readonly at: 'transmit'
      readonly ns: PreparedNamespace
      readonly device: string
      readonly skb: Skb
      /** The VLAN whose tag the frame bears. */
      readonly tag?: number
    }
  | {
      readonly at: 'arrive'
      readonly ns: PreparedNamespace
      readonly device: string
      readonly skb: Skb
      readonly tag?: number
    }
  | { readonly at: 'bridge'; readonly ns: PreparedNamespace; readonly port: string; readonly skb: Skb }
  | {
      readonly at: 'receive'
      readonly ns: PreparedNamespace
      readonly device: string
      readonly skb: Skb
      /** br_netfilter has already run PREROUTING. */
      readonly prerouted: boolean
      /** And PREROUTING has given it another destination, to which br_netfilter has found the way. */
      readonly translated?: boolean
      /** The bridge port that br_netfilter remembers beside the packet, as long as it is in this namespace. */
      readonly port: string | null
    }
  | Ending

/** What comes back to the sender, and from where. */
export type Answer =
  | {
      readonly kind: 'local'
      readonly ns: PreparedNamespace
      readonly skb: Skb
      readonly bound: boolean
      readonly by: string
      readonly assumed: boolean
      readonly why: string
    }
  /** A reset that REJECT puts on the wire below the IP hooks. */
  | {
      readonly kind: 'inject'
      readonly ns: PreparedNamespace
      readonly device: string
      readonly skb: Skb
      readonly why: string
    }
  | {
      readonly kind: 'outside'
      readonly ns: PreparedNamespace
      readonly device: string
      readonly skb: Skb
      readonly tag?: number
      readonly why: string
    }

/** docker-proxy took the connection and opens one of its own. */
export interface ProxyCall {
  readonly ns: PreparedNamespace
  readonly process: string
  readonly address: string
  readonly port: number
}

/** The end of a packet's way. */
export interface Ending {
  readonly at: 'end'
  readonly disposition: Disposition
  readonly reason: string
  readonly answer: Answer | null
  readonly proxy: ProxyCall | null
}

/** Returns an ending without an answer. */
export function end(disposition: Disposition, reason: string, answer: Answer | null = null): Ending {
  return { at: 'end', disposition, reason, answer, proxy: null }
}
