import type { SenderResult } from '../../src/core/observe/observation.ts'
import type { ProbeResult } from '../lab/index.ts'

/** Returns what the sender of a probe to an address saw in the words of a live trace's own sender. */
export function tellSender(result: ProbeResult, to: string): SenderResult {
  const roundTrip = Math.round(result.tookMs * 1000)
  if (result.icmp !== undefined) {
    const outcome = result.outcome === 'refused' ? 'refused' : 'unreachable'
    return { outcome, detail: `${result.icmp.type}/${result.icmp.code} from ${result.icmp.from}`, roundTrip }
  }
  switch (result.outcome) {
    case 'send-error':
      return { outcome: 'not-sent', detail: result.error ?? '', roundTrip: null }
    case 'silence':
      return { outcome: 'silence', detail: '', roundTrip: null }
    case 'reset-after-connect':
    case 'closed-after-connect':
      return { outcome: 'reset', detail: '', roundTrip }
    case 'reply':
    case 'refused': {
      const detail = result.from === undefined || result.from === to ? '' : `from ${result.from}`
      return { outcome: result.outcome, detail, roundTrip }
    }
    case 'connected':
    case 'unreachable':
      return { outcome: result.outcome, detail: '', roundTrip }
    default:
      return result.outcome satisfies never
  }
}
