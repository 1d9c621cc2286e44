import type { Exchange, Trace, TraceReport } from '../../core/trace/trace-report.ts'

/**
 * Returns the prediction for a lone SYN: nobody accepts a connection that is never finished, so what docker-proxy would do
 * with it does not happen, and nothing of what would become of it there.
 */
export function withoutHandshake(report: TraceReport): TraceReport {
  const at = report.exchanges.findIndex((exchange) => exchange.main)
  const main = report.exchanges[at]
  if (main === undefined || !main.forward.hops.some(isProxied)) return report
  const forward = withoutProxy(main.forward)
  const follows = ({ label, protocol }: Exchange) => protocol === 'tcp' && label.endsWith(' TCP SYN')
  const after = report.exchanges.findIndex((exchange, index) => index !== at && follows(exchange))
  const refusal = findRefusal(report.exchanges, main)
  const isKept = (index: number): boolean => index < after || index === at || (refusal >= 0 && index >= refusal)
  const rest = after < 0 ? report.exchanges : report.exchanges.filter((_, index) => isKept(index))
  const warning =
    'A lone SYN completes no connection: what docker-proxy would do with one is left out. Use connect for it.'
  return {
    ...report,
    disposition: forward.disposition,
    reason: forward.reason,
    exchanges: rest.map((exchange) => (exchange === main ? { ...main, forward } : exchange)),
    warnings: [...report.warnings, warning],
  }
}

/** What is said of the SYN-ACK itself comes after all that docker-proxy would do. */
function findRefusal(exchanges: readonly Exchange[], { reply }: Exchange): number {
  if (reply === null || reply.disposition === 'delivered' || reply.disposition === 'leaves-host') return -1
  return exchanges.findLastIndex(({ label }) => label.endsWith(' the answer'))
}

const isProxied = ({ steps }: Trace['hops'][number]): boolean => steps.some(({ kind }) => kind === 'proxy')

function withoutProxy(forward: Trace): Trace {
  const hops = forward.hops.map((hop) => ({ ...hop, steps: hop.steps.filter(({ kind }) => kind !== 'proxy') }))
  const place = forward.hops.find(isProxied)?.netns ?? ''
  return {
    disposition: 'delivered',
    reason: `The kernel of ${place} answers for docker-proxy, which listens there.`,
    hops,
  }
}
