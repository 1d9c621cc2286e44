import type { Packet } from '../../src/core/net/packet.ts'
import type { Exchange, Frame, Hop, Trace, TraceReport } from '../../src/core/trace/trace-report.ts'
import type { Outcome, Truth, TruthFrame, TruthRule } from './truth.ts'
import { showRule } from './truth.ts'

/** Which exchanges of a report are compared: the main one alone, or those of its own traffic (docker-proxy's too). */
export function comparedExchanges(report: TraceReport): readonly Exchange[] {
  return report.exchanges.filter((exchange) => exchange.main)
}

/** Reduces a prediction to what a probe can show: what its sender will see, the frames, and the rules that match. */
export function expectedTruth(report: TraceReport): Truth {
  const exchanges = comparedExchanges(report)
  const traces = exchanges.flatMap((exchange) =>
    exchange.reply === null ? [exchange.forward] : [exchange.forward, exchange.reply],
  )
  const main = exchanges[0]
  if (main === undefined) throw new Error('the report has no main exchange')
  const hops = traces.flatMap((trace) => trace.hops)
  return { outcome: expectedOutcome(report, main), frames: hops.flatMap(framesOf), rules: countRules(hops) }
}

function framesOf(hop: Hop): TruthFrame[] {
  const { device } = hop
  if (device === null) return []
  return hop.frames.map((frame) => reduceFrame(hop.netns, device, frame))
}

function reduceFrame(netns: string, device: string, frame: Frame): TruthFrame {
  const { direction, protocol, src, dst, ttl, icmp } = frame
  return {
    netns,
    device,
    direction,
    protocol,
    src,
    dst,
    sourcePort: frame.sourcePort ?? null,
    destinationPort: frame.destinationPort ?? null,
    icmp: icmp === undefined ? null : showIcmp(icmp.type, icmp.code, icmp.id),
    ttl,
  }
}

/** `8/0 id 4711`, or `3/1` for an error. */
export function showIcmp(type: number, code: number, id: number | undefined): string {
  return id === undefined ? `${type}/${code}` : `${type}/${code} id ${id}`
}

function countRules(hops: readonly Hop[]): TruthRule[] {
  const counted = new Map<string, TruthRule>()
  for (const hop of hops) {
    for (const step of hop.steps) {
      if (step.kind !== 'rule' || (step.family !== 'ip' && step.family !== 'ip6')) continue
      const { family, table, chain, rule } = step
      const seen: TruthRule = { netns: hop.netns, family, table, chain, rule, times: 1 }
      const known = counted.get(showRule(seen))
      counted.set(showRule(seen), known === undefined ? seen : { ...known, times: known.times + 1 })
    }
  }
  return [...counted.values()]
}

function expectedOutcome(report: TraceReport, main: Exchange): Outcome {
  if (report.disposition === 'cannot-tell') return 'cannot-tell'
  if (main.reply === null) return outcomeWithoutReply(main.forward)
  if (main.reply.disposition !== 'delivered') return 'silence'
  if (report.disposition === 'nothing-listening' && main.forward.disposition === 'delivered') return 'reset'
  const first = main.reply.hops[0]?.steps[0]
  if (first?.kind !== 'originate') throw new Error('the reply does not begin with its packet')
  return outcomeOfAnswer(first.packet, main.reply)
}

function outcomeWithoutReply(forward: Trace): Outcome {
  const sender = forward.hops[0]
  const last = forward.hops.at(-1)
  if (sender === undefined || last === undefined) throw new Error('the trace has no hop')
  const atSender = last.netns === sender.netns
  if (atSender && forward.disposition === 'no-route') return 'error ENETUNREACH'
  if (atSender && forward.disposition === 'neighbor-unreachable') return 'error EHOSTUNREACH'
  return 'silence'
}

function outcomeOfAnswer(answer: Packet, reply: Trace): Outcome {
  if (answer.protocol === 'tcp') return answer.tcpFlags?.includes('rst') === true ? 'refused' : 'reply'
  if (answer.icmp === undefined || answer.quoted === undefined) return 'reply'
  const arrived = reply.hops.at(-1)?.frames.at(-1)
  return `unreachable ${answer.icmp.type}/${answer.icmp.code} from ${arrived?.src ?? answer.src}`
}
