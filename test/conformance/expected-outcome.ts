import type { Packet } from '../../src/core/net/packet.ts'
import type { Step } from '../../src/core/trace/step.ts'
import type { Exchange, Trace } from '../../src/core/trace/trace-report.ts'
import type { Outcome } from './truth.ts'

/** Returns what the sender of an exchange will see of it. */
export function expectedOutcome(main: Exchange): Outcome {
  const { reply } = main
  const refused = refusedBySender(main.forward)
  if (refused !== null) return refused
  if (reply === null) return 'silence'
  const outside = main.forward.hops[0]?.kind === 'external'
  if (reply.disposition !== (outside ? 'leaves-host' : 'delivered')) return 'silence'
  const first = reply.hops[0]?.steps[0]
  if (first?.kind !== 'originate') throw new Error('the reply does not begin with its packet')
  return outcomeOfAnswer(first.packet, outside ? askedAddress(main) : null, reply)
}

function askedAddress(main: Exchange): string {
  const first = main.forward.hops[0]?.steps[0]
  if (first?.kind !== 'originate') throw new Error('the exchange does not begin with its packet')
  return first.packet.dst
}

/** The errno of a sender whose own kernel refuses: the packet never left its IP stack. Null when it did. */
function refusedBySender(forward: Trace): Outcome | null {
  const [sender] = forward.hops
  if (sender === undefined) throw new Error('the trace has no hop')
  if (sender.kind === 'external' || forward.hops.some((hop) => hop.frames.length > 0)) return null
  switch (forward.disposition) {
    case 'no-route':
      return `error ${routeError(forward.hops.flatMap((hop) => hop.steps))}`
    case 'dropped':
    case 'rejected':
      return droppedError(forward.hops.flatMap((hop) => hop.steps))
    case 'too-big':
      return 'error EMSGSIZE'
    default:
      return null
  }
}

/** linux:net/ipv4/fib_semantics.c fib_props: the error of each type of route. */
const ROUTE_ERRORS = {
  unreachable: 'EHOSTUNREACH',
  prohibit: 'EACCES',
  blackhole: 'EINVAL',
  none: 'ENETUNREACH',
} as const

function routeError(steps: readonly Step[]): string {
  // linux:net/ipv6/ip6_output.c ip6_dst_lookup_tail: a namespace without any address says so first.
  if (steps.some((step) => step.kind === 'drop' && step.reason === 'NO_SOURCE')) return 'EADDRNOTAVAIL'
  const route = steps.filter((step) => step.kind === 'route').at(-1)
  const decision = route?.kind === 'route' ? route.decision : 'none'
  // An `unreachable` policy rule, which is in no table, says ENETUNREACH (fib_rules.c fib4_rule_action).
  if (decision === 'unreachable' && route?.kind === 'route' && route.table === null) return 'ENETUNREACH'
  return decision === 'forward' || decision === 'local' ? 'ENETUNREACH' : ROUTE_ERRORS[decision]
}

function droppedError(steps: readonly Step[]): Outcome | null {
  const last = steps.at(-1)
  if (last?.kind === 'rule' || last?.kind === 'policy') return 'error EPERM'
  if (last?.kind === 'drop' && last.reason === 'IP_LOCALNET') return 'error EINVAL'
  return steps.some((step) => step.kind === 'route' && step.decision === 'blackhole') ? 'error EINVAL' : null
}

/** `asked` is given for machines outside only: inside, the trace itself has seen to it that the answer fits. */
function outcomeOfAnswer(answer: Packet, asked: string | null, reply: Trace): Outcome {
  const from = sourceAtEnd(reply) ?? answer.src
  const quoted = reply.hops.at(-1)?.packet.quoted
  if (asked !== null && quoted !== undefined && quoted.dst !== asked) return 'silence'
  if (answer.quoted !== undefined && answer.icmp !== undefined)
    return `unreachable ${answer.icmp.type}/${answer.icmp.code} from ${from}`
  const kind = answer.protocol === 'tcp' && answer.tcpFlags?.includes('rst') === true ? 'refused' : 'reply'
  return asked === null || from === asked ? kind : 'silence'
}

/** The source address that the receiver sees: the last frame's, unless NAT in INPUT changed it after that. */
function sourceAtEnd({ hops }: Trace): string | null {
  const last = hops.findLastIndex((hop) => hop.frames.length > 0)
  const changes = hops
    .slice(last + 1)
    .flatMap((hop) =>
      hop.steps.flatMap((step) => step.diff.filter(({ field }) => field === 'ip.src' || field === 'ipv6.src')),
    )
  return changes.at(-1)?.after ?? hops[last]?.frames.at(-1)?.src ?? null
}
