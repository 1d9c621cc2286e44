import type { Flow } from '../../core/trace/flow.ts'
import type { ProbeKind } from '../../core/trace/live-report.ts'
import type { Outcome } from '../../protocol/contract.ts'
import type { SentKind } from './probe-marks.ts'

const AUTO = { icmp: 'icmp', udp: 'udp', tcp: 'syn' } as const

/** Returns how a flow is asked about; a way of asking that its protocol does not have is a `bad-flow`. */
export function chooseKind(probe: ProbeKind, { protocol }: Flow): Outcome<SentKind> {
  switch (probe) {
    case 'auto':
      return { ok: true, value: AUTO[protocol] }
    case 'syn':
    case 'connect':
    case 'http':
      return protocol === 'tcp' ? { ok: true, value: probe } : refuse(probe, protocol, 'give the port: --proto tcp')
    case 'dns':
      return protocol === 'udp' ? { ok: true, value: probe } : refuse(probe, protocol, 'ask a name server: --proto udp')
    default:
      return probe satisfies never
  }
}

function refuse(probe: ProbeKind, protocol: string, hint: string): Outcome<never> {
  return { ok: false, failure: { code: 'bad-flow', message: `a ${probe} probe cannot ask with ${protocol}`, hint } }
}
