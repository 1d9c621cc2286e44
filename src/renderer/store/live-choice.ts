import type { Flow } from '../../core/trace/flow.ts'
import type { ProbeKind } from '../../core/trace/live-report.ts'
import type { HelperConsent, SourceStatus } from '../../protocol/contract.ts'

/** Returns why nothing can be asked of a kernel, one sentence; null where it can. */
export function whyNoLive(status: SourceStatus | null): string | null {
  if (status === null) return 'Live needs a Docker engine, and none is connected yet.'
  switch (status.kind) {
    case 'docker':
      return whyNoHelper('Live', status.helperConsent)
    case 'snapshot':
      return 'Live needs a Docker engine: a snapshot has no kernel to ask.'
    case 'sandbox':
      return 'Live needs a Docker engine: the sandbox has no kernel to ask.'
    case 'sample':
      return 'Live needs a Docker engine: the sample host has no kernel to ask.'
    default:
      return status.kind satisfies never
  }
}

/** Returns why the helper, which alone sends and captures, is not there for something; null where it may be used. */
export function whyNoHelper(what: 'Live' | 'Watching', consent: HelperConsent | undefined): string | null {
  const answer = consent?.answer ?? 'allowed'
  switch (answer) {
    case 'allowed':
      return null
    case 'pending':
      return `${what} needs the privileged helper, which you have not allowed yet. Answer under “Helper” in the bar at the top.`
    case 'refused':
      return `${what} needs the privileged helper, which was refused. Allow it under “Helper” in the bar at the top.`
    default:
      return answer satisfies never
  }
}

/** A way of asking, as it is offered for a protocol. */
export interface ProbeOption {
  readonly kind: ProbeKind
  readonly label: string
}

const OPTIONS: Readonly<Record<Flow['protocol'], readonly ProbeOption[]>> = {
  icmp: [{ kind: 'auto', label: 'Echo request' }],
  tcp: [
    { kind: 'auto', label: 'A lone SYN' },
    { kind: 'connect', label: 'A whole connection' },
    { kind: 'http', label: 'An HTTP request' },
  ],
  udp: [
    { kind: 'auto', label: 'A datagram' },
    { kind: 'dns', label: 'A DNS question' },
  ],
}

/** Returns the ways in which a protocol can be asked, the usual one first. */
export function probeOptions(protocol: Flow['protocol']): readonly ProbeOption[] {
  return OPTIONS[protocol]
}

/** Returns the chosen way of asking, or the usual one where the protocol does not have it. */
export function fittingProbe(probe: ProbeKind, protocol: Flow['protocol']): ProbeKind {
  return OPTIONS[protocol].some(({ kind }) => kind === probe) ? probe : 'auto'
}
