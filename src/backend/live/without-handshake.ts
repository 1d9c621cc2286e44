import type { Exchange, TraceReport } from '../../core/trace/trace-report.ts'

/**
 * Returns the prediction for a lone SYN: nobody accepts a connection that is never finished, so what docker-proxy would do
 * with it does not happen.
 */
export function withoutHandshake(report: TraceReport): TraceReport {
  const follows = ({ main, label, protocol }: Exchange) => !main && protocol === 'tcp' && label.endsWith(' TCP SYN')
  const after = report.exchanges.findIndex(follows)
  if (after < 0) return report
  const exchanges = report.exchanges.slice(0, after)
  const main = report.exchanges.findIndex((exchange) => exchange.main)
  const rest = main < after ? exchanges : [...exchanges, ...report.exchanges.slice(main)]
  const warning =
    'A lone SYN completes no connection: what docker-proxy would do with one is left out. Use connect for it.'
  return { ...report, exchanges: rest, warnings: [...report.warnings, warning] }
}
