import type { EndedNamespace, Lack, SenderResult } from '../../observe/observation.ts'

/**
 * What the tools printed while one probe was under way, untouched: the seam between those who run tools and
 * assembleObservation. A null member was not to be had; `lacks` then says why.
 */
export interface RawObservation {
  readonly namespaces: readonly RawNamespace[]
  readonly drops: RawDrops | null
  readonly sender: SenderResult
}

/**
 * Names of the tables that Hopwire makes for watching begin like this. What happens in them is left out of reports,
 * whichever Hopwire made them.
 */
export const OWN_TABLE_PREFIX = 'hopwire_'

/** What was printed in one namespace. */
export interface RawNamespace {
  /** As in `Hop.netns`: `host`, `container:NAME` ... */
  readonly netns: string
  /** Names of devices by their index in decimal, of before and after the watch together. */
  readonly devices: Readonly<Record<string, string>>
  /** `tcpdump -i any -y LINUX_SLL2 --time-stamp-precision nano -w -`; microseconds are read, too. The end may be cut. */
  readonly pcap: Uint8Array | null
  /** `nft -a monitor trace`, as nft 1.0.6 or 1.1 prints it. The end may be cut. */
  readonly nftTrace: string | null
  /** The rules when the watch began: `nft -j -a list ruleset` and `nft -s -a list ruleset`. */
  readonly nftListing: NftListing | null
  /** The same when it ended; only where the packet met rules that had come meanwhile. */
  readonly nftListingAfter?: NftListing
  readonly saves: readonly RawSave[]
  readonly lacks: readonly Lack[]
  /** As in `WatchedNamespace`. */
  readonly ended?: EndedNamespace
}

/** A rule set as nft lists it. */
export interface NftListing {
  readonly json: string
  readonly text: string
}

/** The rules of iptables with their counters: `iptables-nft-save -c` and its like, before the probe and after it. */
export interface RawSave {
  readonly family: 'ip' | 'ip6'
  readonly backend: 'nft' | 'legacy'
  readonly before: string
  readonly after: string
}

/**
 * The `trace` file of a private tracefs instance with skb:kfree_skb and the net:* events (net_dev_queue,
 * net_dev_start_xmit, netif_receive_skb, netif_rx ...), which tell an skb's device and length.
 */
export interface RawDrops {
  readonly text: string
  /**
   * Microseconds to add to the stamps of the text to have microseconds since the epoch (CLOCK_REALTIME minus the clock
   * of `trace_clock`, best `mono`).
   */
  readonly clockOffset: number
}
