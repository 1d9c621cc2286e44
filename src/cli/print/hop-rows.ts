import { formatEnd } from '../../core/net/format-packet.ts'
import type { Packet } from '../../core/net/packet.ts'
import type { Frame, Hop, Trace } from '../../core/trace/trace-report.ts'
import { type Detail, describeStep, type Note } from './describe-step.ts'

/** One line of a direction: where, and the headers as they are there. `changed` says which were rewritten before it. */
export interface HopRow {
  readonly netns: string
  readonly device: string
  readonly direction: string
  readonly src: string
  readonly dst: string
  readonly ttl: string
  readonly changed: { readonly src: boolean; readonly dst: boolean }
  readonly notes: readonly Note[]
}

/**
 * A trace as lines: one for every frame that tcpdump would print, and one for every place without frames. A field is
 * marked on the first line that shows its new value.
 */
export function hopRows(trace: Trace, detail: Detail, arrow: string): readonly HopRow[] {
  const rows: HopRow[] = []
  for (const hop of trace.hops) {
    const notes = hop.steps.flatMap((step) => describeStep(step, detail, arrow))
    const seen: readonly (Frame | null)[] = hop.frames.length > 0 ? hop.frames : [null]
    seen.forEach((frame, index) => {
      rows.push(makeRow(hop, frame, rows.at(-1), index === seen.length - 1 ? notes : []))
    })
  }
  return rows
}

function makeRow(hop: Hop, frame: Frame | null, previous: HopRow | undefined, notes: readonly Note[]): HopRow {
  const headers: Frame | Packet = frame ?? hop.packet
  const src = formatEnd(headers.src, headers.sourcePort)
  const dst = formatEnd(headers.dst, headers.destinationPort)
  return {
    netns: hop.netns,
    device: hop.device ?? (hop.kind === 'external' ? '' : 'stack'),
    direction: frame?.direction ?? '',
    src,
    dst,
    ttl: headers.arp === undefined ? `ttl ${headers.ttl}` : '',
    changed: {
      src: previous !== undefined && previous.src !== src,
      dst: previous !== undefined && previous.dst !== dst,
    },
    notes,
  }
}
