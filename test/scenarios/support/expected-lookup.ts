import type { Exchange, Hop, TraceReport } from '../../../src/core/trace/trace-report.ts'
import { type SeenLookup, showEnd } from './ask-name.ts'

/** Reduces the DNS exchanges of a prediction to what a real lookup shows. `answered` is left to the caller. */
export function expectedLookup(
  report: Pick<TraceReport, 'exchanges'>,
  sender: string,
  known: number[],
): Omit<SeenLookup, 'answered'> {
  const dns = report.exchanges.filter((exchange) => exchange.protocol === 'dns')
  const hops = inTime(dns)
  const frames = [`container:${sender}`, 'host'].flatMap((netns) =>
    hops.filter((hop) => hop.netns === netns).flatMap((hop) => showFrames(hop, known)),
  )
  return { frames, rules: countRules(hops) }
}

/** dockerd asks on before it answers: its own questions lie between a question and its answer. */
function inTime(exchanges: readonly Exchange[]): readonly Hop[] {
  const [first, ...rest] = exchanges
  if (first === undefined) return []
  const next = rest.findIndex(({ label }) => !label.includes('(dockerd asks'))
  const within = next === -1 ? rest : rest.slice(0, next)
  const after = next === -1 ? [] : rest.slice(next)
  const behind = within.flatMap(({ forward, reply }) => [...forward.hops, ...(reply?.hops ?? [])])
  return [...first.forward.hops, ...behind, ...(first.reply?.hops ?? []), ...inTime(after)]
}

function showFrames({ netns, device, frames }: Hop, known: number[]): string[] {
  return frames.map((frame) => {
    const icmp = frame.icmp === undefined ? '' : ` icmp ${frame.icmp.type}/${frame.icmp.code}`
    const source = showEnd(frame.src, frame.sourcePort, known)
    const destination = showEnd(frame.dst, frame.destinationPort, known)
    return `${netns} ${device} ${frame.direction} ${source} > ${destination} ttl ${frame.ttl}${icmp}`
  })
}

function countRules(hops: readonly Hop[]): string[] {
  const counted = new Map<string, number>()
  for (const hop of hops)
    for (const step of hop.steps) {
      if (step.kind !== 'rule') continue
      const line = `${hop.netns} ${step.family} ${step.table} ${step.rule}`
      counted.set(line, (counted.get(line) ?? 0) + 1)
    }
  return [...counted].map(([line, times]) => `${line} x${times}`).toSorted()
}
