import type { Flow } from '../../core/trace/flow.ts'
import type { TraceReport } from '../../core/trace/trace-report.ts'
import type { Outcome } from '../../protocol/contract.ts'
import { nameAsked } from './plan-questions.ts'
import type { SentKind } from './probe-marks.ts'

/** A flow that is sent as it is, or a question for the name server that the sender would ask. */
export interface Aim {
  readonly flow: Flow
  readonly name: string | null
}

/** IPv4, UDP and DNS headers, the name's first and last length byte, type and class. */
const QUESTION_OVERHEAD = 20 + 8 + 12 + 2 + 4

/** What is asked where the flow names a server and nothing to ask it for; it exists nowhere (RFC 2606). */
const ANY_NAME = 'hopwire.invalid'

/**
 * Returns what a probe is aimed at. One of kind `dns` goes to the name server that the prediction's first question goes to,
 * or the one that is lost, and asks for its name.
 */
export function aimAtNameServer(kind: SentKind, flow: Flow, predicted: TraceReport): Outcome<Aim> {
  if (kind !== 'dns') return { ok: true, value: { flow, name: null } }
  const questions = predicted.exchanges.filter(({ protocol }) => protocol === 'dns')
  const question = questions.find(({ main }) => main) ?? questions[0]
  const server = question?.forward.hops[0]?.packet.dst
  if (server === undefined) {
    if (flow.destinationPort === 53)
      return { ok: true, value: { flow: { ...flow, ...sized(ANY_NAME) }, name: ANY_NAME } }
    const message = `${flow.from} asks no name server for ${flow.to}`
    return { ok: false, failure: { code: 'bad-flow', message, hint: 'give a DNS name, or a server with --port 53' } }
  }
  const name = (question === undefined ? null : nameAsked(question)) ?? flow.to
  const { from, sourcePort } = flow
  const ports = { destinationPort: 53, ...(sourcePort === undefined ? {} : { sourcePort }) }
  return { ok: true, value: { flow: { from, to: server, protocol: 'udp', ...ports, ...sized(name) }, name } }
}

function sized(name: string): Pick<Flow, 'length'> {
  return { length: QUESTION_OVERHEAD + name.replace(/\.$/, '').length }
}
