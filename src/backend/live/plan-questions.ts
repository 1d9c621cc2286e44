import { randomInt } from 'node:crypto'
import type { HostState } from '../../core/host/host-state.ts'
import type { Exchange, TraceReport } from '../../core/trace/trace-report.ts'
import { pickFreePort } from './probe-identity.ts'
import type { ProbeMarks } from './probe-marks.ts'

/** A question for a name that is asked before the probe is sent, as its sender's resolver would, and watched like it. */
export interface NameQuestion {
  readonly server: string
  readonly name: string
  readonly sourcePort: number
  /** The DNS id, by which it is known again also where dockerd passes it on. */
  readonly id: number
  /** How long its answer is waited for before the probe is sent, in milliseconds. */
  readonly wait: number
  /** Bytes of its IP packet. */
  readonly length: number
}

/** A name server of the sender's has answered a moment ago; one that gave no answer then is not waited for again. */
const ANSWERED = 2500
const SILENT = 300

/**
 * Returns what the sender asks before it knows where the probe goes to, in its order: the name had to be asked before
 * anything could be predicted, and is asked once more where it can be seen.
 */
export function planQuestions(state: HostState, report: TraceReport, sender: string): readonly NameQuestion[] {
  return report.exchanges.flatMap((exchange) => {
    const name = nameAsked(exchange)
    const packet = exchange.forward.hops[0]?.packet
    if (name === null || exchange.main || packet === undefined) return []
    if (exchange.forward.hops[0]?.netns !== sender || /\(dockerd asks /.test(exchange.label)) return []
    const question = { server: packet.dst, name, sourcePort: pickFreePort(state, 'udp'), id: randomInt(1, 0x10000) }
    return [{ ...question, wait: exchange.reply === null ? SILENT : ANSWERED, length: packet.length }]
  })
}

/** Returns the name that an exchange asks for (`DNS db.lan: NXDOMAIN`, `DNS db (dockerd asks 192.0.2.1)`); null for others. */
export function nameAsked({ protocol, label }: Exchange): string | null {
  return protocol === 'dns' ? (/^DNS ([^ :]+)/.exec(label)?.[1] ?? null) : null
}

/** Returns what a question is recognised by, as if it were a probe of its own. */
export function marksOfQuestion(question: NameQuestion, { identity }: ProbeMarks): ProbeMarks {
  const { server, sourcePort, id, length } = question
  const cookie = id.toString(16).padStart(4, '0').padEnd(16, '0')
  const own = { ...identity, cookie }
  const family = server.includes(':') ? 6 : 4
  return { kind: 'dns', family, identity: own, sourcePort, length, companions: [], neighbors: [] }
}

/** Returns send-probe.pl's word for it. */
export function wordOfQuestion({ sourcePort, id, wait, server, name }: NameQuestion): string {
  return `ask=${sourcePort} ${id} ${wait} ${server} ${name}`
}
