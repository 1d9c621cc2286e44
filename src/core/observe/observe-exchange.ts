import type { Exchange, Trace } from '../trace/trace-report.ts'
import type { SenderResult } from './observation.ts'
import type { Evidences } from './conclude.ts'
import { findAnswer, findRefusal } from './find-conversation.ts'
import { observeTrace } from './observe-trace.ts'
import { firstHeaders, isError, type SeenPacket } from './seen-packet.ts'

/** What all exchanges of a report are concluded from. */
export type Known = Omit<Evidences, 'answer' | 'sender' | 'taken' | 'foretold'>

/** One exchange that is to be written. */
export interface ExchangeSubject {
  readonly question: SeenPacket
  readonly label: string
  readonly protocol: Exchange['protocol']
  readonly main: boolean
  readonly predicted: Exchange | null
  /** What the one that asked was told; null where nobody told. */
  readonly sender: SenderResult | null
  /** The namespace that asked; null for a machine outside. */
  readonly asker: string | null
}

/** An exchange, and the packets that it is made of. */
export interface SeenExchange {
  readonly exchange: Exchange
  readonly question: SeenPacket
  readonly answer: SeenPacket | null
}

/** Returns a question and its answer as they were seen. */
export function observeExchange(known: Known, subject: ExchangeSubject): SeenExchange {
  const { question, label, protocol, main, predicted, sender } = subject
  const answer = findAnswer(known.packets, question)
  const forward = observeTrace({
    packet: question,
    predicted: predicted?.forward ?? null,
    known: { ...known, answer, sender, taken: null },
  })
  // Nothing answers a packet of which it is not known what became of it.
  const seen = forward.disposition === 'cannot-tell' ? null : answer
  const reply = seen === null ? null : observeAnswer(known, subject, seen)
  return { exchange: { label, protocol, main, forward, reply }, question, answer: seen }
}

function observeAnswer(known: Known, { predicted, sender, asker }: ExchangeSubject, packet: SeenPacket): Trace {
  const reply = predicted?.reply ?? null
  const taken = { netns: asker, heard: wasHeard(sender) }
  // A reset of it is another packet's business; an error about it tells what became of it.
  const refusal = findRefusal(known.packets, packet)
  const first = refusal === null ? null : firstHeaders(refusal)
  const refused = first !== null && isError(first) ? refusal : null
  return observeTrace({
    packet,
    predicted: sameKind(reply, packet) ? reply : null,
    known: { ...known, answer: refused, sender: null, taken },
  })
}

/** The way of an error says nothing about that of a reply. */
function sameKind(predicted: Trace | null, packet: SeenPacket): boolean {
  const first = predicted?.hops[0]?.packet
  const seen = firstHeaders(packet)
  return (
    first !== undefined && seen !== null && first.protocol === seen.protocol && first.icmp?.type === seen.icmp?.type
  )
}

/** Whether the one that asked was told anything; null where nobody says. */
function wasHeard(sender: SenderResult | null): boolean | null {
  if (sender === null || sender.outcome === 'not-sent' || sender.outcome === 'unable') return null
  // A program takes no answer from an address that it did not ask.
  return sender.outcome !== 'silence' && !sender.detail.startsWith('from ')
}
