import type { ReactNode } from 'react'
import type { WatchUpdate } from '../../../core/watch/watch.ts'
import { byteWords, countWords, packetCount } from './format-counts.ts'

/** What went by, what was lost, and how full the ring is. */
export function WatchTotals({ update }: { readonly update: WatchUpdate }): ReactNode {
  const { totals, ring } = update
  const share = Math.round((ring.bytes / Math.max(1, ring.capacity)) * 100)
  const seen = `${packetCount(totals.packets)}, ${byteWords(totals.bytes)}`
  return (
    <p className="watch-totals">
      <span title={`${seen} since the watch began; a packet counts at every device that it passes`}>{seen}</span>
      <span
        className={totals.lost > 0 ? 'lost some' : 'lost'}
        title="Packets that the kernel let go of before they could be read"
      >
        {countWords(totals.lost)} lost
      </span>
      {totals.paused > 0 && (
        <span title="They went by while the watch was paused, and were only counted">
          {countWords(totals.paused)} while paused
        </span>
      )}
      <span
        className="watch-ring"
        title={`The ring keeps the last packets: ${countWords(ring.packets)} of them, ${byteWords(ring.bytes)} of ${byteWords(ring.capacity)}`}
      >
        ring
        <meter aria-label="Use of the ring" min={0} max={100} value={share} />
        {share}%
      </span>
    </p>
  )
}
