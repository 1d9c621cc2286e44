import type { Packet } from '../net/packet.ts'
import { nameIcmp } from '../net/format-packet.ts'
import type { Disposition } from '../trace/disposition.ts'
import type { Evidence } from '../trace/evidence.ts'
import type { Step } from '../trace/step.ts'
import type { HopDraft } from './hop-draft.ts'
import { FROM_FRAME } from './hop-draft.ts'
import { isError } from './seen-packet.ts'
import type { SeenDrop, SenderResult } from './observation.ts'

/** What became of a packet, as far as it could be seen. `step` is what its way ends with; null where it has its end already. */
export interface SeenEnding {
  readonly disposition: Disposition
  readonly reason: string
  readonly step: Step | null
}

const DROPPED: Evidence = { basis: 'drop-reason' }

/** Returns a place in words: `eth0 of container:c1`, `the IP stack of host`. */
export function wordPlace({ netns, device }: Pick<HopDraft, 'netns' | 'device'>): string {
  return device === null ? `the IP stack of ${netns}` : `${device} of ${netns}`
}

/** Where the last rule or policy that was met ends the packet, returns that ending. */
export function endByRule(hop: HopDraft): SeenEnding | null {
  const last = hop.steps.findLast((step) => step.kind === 'rule' || step.kind === 'policy')
  if (last === undefined || (last.verdict !== 'drop' && last.verdict !== 'reject')) return null
  const by = last.kind === 'rule' ? last.rule : `the policy of ${last.chain}`
  const place = `${last.family} ${last.table} ${last.chain}`
  const rejected = last.verdict === 'reject'
  const reason = `${rejected ? 'Rejected' : 'Dropped'} in ${hop.netns} by ${place}: ${by}.`
  // Whatever was filled in after it has not happened.
  return { disposition: rejected ? 'rejected' : 'dropped', reason, step: null }
}

/** The kernel's reasons that say more than "dropped" (linux:include/net/dropreason-core.h). */
const FATES: Readonly<Record<string, Disposition>> = {
  NO_SOCKET: 'nothing-listening',
  IP_INNOROUTES: 'no-route',
  IP_OUTNOROUTES: 'no-route',
  PKT_TOO_BIG: 'too-big',
  NEIGH_FAILED: 'neighbor-unreachable',
  NEIGH_CREATEFAIL: 'neighbor-unreachable',
  NEIGH_DEAD: 'neighbor-unreachable',
}

/** Returns the ending that the kernel itself names. */
export function endByDrop(hop: HopDraft, drop: SeenDrop): SeenEnding {
  const disposition = FATES[drop.reason] ?? 'dropped'
  const reason = `The kernel discarded it in ${hop.netns}: ${drop.reason} (${drop.location}).`
  if (disposition === 'neighbor-unreachable')
    return { disposition, reason, step: failedNeighbor(hop, null, drop.device ?? '', DROPPED) }
  return { disposition, reason, step: { kind: 'drop', reason: drop.reason, diff: [], evidence: DROPPED, why: reason } }
}

/** Returns the step of a neighbour that did not answer. */
export function failedNeighbor(hop: HopDraft, address: string | null, device: string, evidence: Evidence): Step {
  const asked = address ?? hop.packet.dst
  const why = `Nobody on ${device} answers for ${asked}.`
  return { kind: 'neighbor', address: asked, device, mac: null, state: 'failed', diff: [], evidence, why }
}

/** Returns the ending that cannot be told, with what is missing in order to tell. */
export function endUnknown(what: string): SeenEnding {
  const why = 'Nothing that was seen tells.'
  return {
    disposition: 'cannot-tell',
    reason: `Cannot tell ${what}.`,
    step: { kind: 'unknown', what, diff: [], evidence: FROM_FRAME, why },
  }
}

/** Returns the ending that an answer proves: taken, refused, or told why not. `answer` is as it was made. */
export function endByAnswer(hop: HopDraft, answer: Packet, asked: string | null): SeenEnding {
  const { tcpFlags } = answer
  if (isError(answer)) return endByError(hop, answer, asked)
  if (tcpFlags?.includes('rst') === true) return refused(hop, 'A reset came back: nothing listens there.')
  const kernel = answer.protocol === 'icmp' || answer.protocol === 'icmpv6' || answer.protocol === 'arp'
  return delivered(hop, kernel ? 'kernel' : 'socket', `It was taken by ${hop.netns}: an answer came back.`)
}

function refused(hop: HopDraft, reason: string): SeenEnding {
  const step: Step = { kind: 'drop', reason: 'NO_SOCKET', diff: [], evidence: FROM_FRAME, why: reason }
  return { disposition: 'nothing-listening', reason: `${reason} (${hop.netns})`, step }
}

/** Returns the ending of a packet that was taken. */
export function delivered(hop: HopDraft, to: 'socket' | 'kernel', reason: string, evidence = FROM_FRAME): SeenEnding {
  const step: Step = { kind: 'deliver', to, socket: null, process: null, diff: [], evidence, why: reason }
  return { disposition: 'delivered', reason, step: hop.kind === 'external' ? null : step }
}

/** What ICMP's "destination unreachable" and its like mean, where no rule was seen to send them. */
function endByError(hop: HopDraft, { icmp, family, src }: Packet, asked: string | null): SeenEnding {
  const type = icmp?.type ?? 0
  const code = icmp?.code ?? 0
  const name = nameIcmp(family, type, code)
  const reason = `${src} told the sender: ${name}.`
  const kind = `${family === 6 ? '6:' : ''}${type}/${code}`
  const drop = (disposition: Disposition, word: string): SeenEnding => ({
    disposition,
    reason,
    step: { kind: 'drop', reason: word, diff: [], evidence: FROM_FRAME, why: reason },
  })
  if (asked !== null && (kind === '3/1' || kind === '6:1/3'))
    return {
      disposition: 'neighbor-unreachable',
      reason,
      step: failedNeighbor(hop, asked, hop.device ?? 'its link', FROM_FRAME),
    }
  if (kind === '3/3' || kind === '3/2' || kind === '6:1/4') return drop('nothing-listening', 'NO_SOCKET')
  if (kind === '3/4' || kind.startsWith('6:2/')) return drop('too-big', 'PKT_TOO_BIG')
  if (kind.startsWith('11/') || kind.startsWith('6:3/')) return drop('ttl-exceeded', 'TTL_EXCEEDED')
  return drop('no-route', 'NO_ROUTE')
}

/** What each may mean, the usual first. */
const ERRNOS: Readonly<Record<string, readonly (readonly [Disposition, string])[]>> = {
  ENETUNREACH: [['no-route', 'NO_ROUTE']],
  EHOSTUNREACH: [['no-route', 'NO_ROUTE']],
  EACCES: [['no-route', 'NO_ROUTE']],
  EADDRNOTAVAIL: [['no-route', 'NO_SOURCE']],
  EPERM: [
    ['dropped', 'NETFILTER_DROP'],
    ['rejected', 'NETFILTER_DROP'],
  ],
  EINVAL: [
    ['dropped', 'IP_LOCALNET'],
    ['no-route', 'NO_ROUTE'],
  ],
  EMSGSIZE: [['too-big', 'PKT_TOO_BIG']],
}

/**
 * Returns the ending that the sender's own system call told, or null where it told none. One word may have several reasons:
 * the one that was `foretold` is taken before others.
 */
export function endBySender(sender: SenderResult, foretold: Disposition | null): SeenEnding | null {
  if (sender.outcome === 'unable') return null
  const errno = /\bE[A-Z]+\b/.exec(sender.detail)?.[0]
  const known = errno === undefined ? undefined : ERRNOS[errno]
  const meant = known?.find(([disposition]) => disposition === foretold) ?? known?.[0]
  if (meant === undefined) return null
  const [disposition, word] = meant
  const reason = `Sending failed at once: ${errno}.`
  return { disposition, reason, step: { kind: 'drop', reason: word, diff: [], evidence: FROM_FRAME, why: reason } }
}
