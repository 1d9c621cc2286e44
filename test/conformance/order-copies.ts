import type { Hop, Trace } from '../../src/core/trace/trace-report.ts'

/**
 * Returns a way's hops with the copies of each flooded frame right after the bridge, in the order of its ports, in which it sends
 * them (linux:net/bridge/br_forward.c br_flood). A report tells of the copy that is taken last, with all that comes of it, while
 * the machine has sent every copy before anybody takes one.
 */
export function inPortOrder(trace: Trace | null): readonly Hop[] {
  const hops = trace?.hops ?? []
  const ordered = [...hops]
  for (const bridge of hops) {
    const ports = floodedPorts(bridge)
    if (ports.length < 2) continue
    const at = ordered.indexOf(bridge)
    const next = ordered.findIndex(
      (hop, index) => index > at && hop.netns === bridge.netns && floodedPorts(hop).length > 0,
    )
    const until = next === -1 ? ordered.length : next
    const copies = ports.flatMap((port) => {
      const copy = ordered.slice(at, until).find((hop) => isCopy(hop, bridge.netns, port))
      return copy === undefined ? [] : [copy]
    })
    const others = ordered.filter((hop) => !copies.includes(hop))
    ordered.splice(0, ordered.length, ...others.slice(0, at + 1), ...copies, ...others.slice(at + 1))
  }
  return ordered
}

const floodedPorts = ({ steps }: Hop): readonly string[] =>
  steps.flatMap((step) => (step.kind === 'bridge' && step.decision === 'flood' ? step.ports : []))

const isCopy = (hop: Hop, netns: string, port: string): boolean =>
  hop.netns === netns && hop.device === port && hop.frames.some(({ direction }) => direction === 'out')
