import type { Step } from '../../../core/trace/step.ts'
import type { Hop } from '../../../core/trace/trace-report.ts'

/** The headline of a hop, and the step that it is about. */
export interface HopTitle {
  readonly title: string
  readonly step: Step | null
}

/** Returns the words for what part of the picture a hop is: `host stack`, `docker0 · bridge`, `c1 · eth0`. */
export function placeOfHop(hop: Hop): string {
  const where = hop.netns.replace(/^(container|sandbox):/, '')
  if (hop.kind === 'external') return 'outside'
  if (hop.kind === 'stack') return `${where} stack`
  return `${where} · ${hop.device ?? hop.kind}`
}

/**
 * Returns one sentence about the most telling thing that happened at a hop: an end first, then doubt, a rewrite, a
 * delivery, a relay, a route, and at last the mere passage.
 */
export function titleHop(hop: Hop): HopTitle {
  const step = pickStep(hop)
  return { title: step === null ? `The packet passes ${placeOfHop(hop)}` : sentence(step, hop), step }
}

/** Returns the step that a reader wants to hear about first; null for a hop without steps. */
function pickStep(hop: Hop): Step | null {
  const ranks = hop.steps.map((step, index) => ({ step, index, rank: rankStep(step) }))
  ranks.sort((left, right) => right.rank - left.rank || left.index - right.index)
  return ranks[0]?.step ?? null
}

const KIND_RANKS: Readonly<Record<Step['kind'], number>> = {
  unknown: 10,
  drop: 7,
  deliver: 6,
  proxy: 6,
  originate: 5,
  encapsulate: 5,
  decapsulate: 5,
  route: 3,
  bridge: 3,
  cross: 2,
  neighbor: 1,
  conntrack: 1,
  exit: 1,
  enter: 0,
  policy: 0,
  rule: 0,
}

function rankStep(step: Step): number {
  if (step.kind === 'rule' && (step.verdict === 'drop' || step.verdict === 'reject')) return 9
  if (step.kind === 'policy' && step.verdict === 'drop') return 9
  if (step.kind === 'bridge' && step.decision === 'drop') return 8
  if (step.kind === 'route' && step.decision !== 'forward' && step.decision !== 'local') return 8
  if (step.kind === 'rule' && step.diff.length > 0) return 7.5
  if (step.kind === 'conntrack' && step.action === 'translate' && step.diff.length > 0) return 7.4
  return KIND_RANKS[step.kind]
}

function sentence(step: Step, hop: Hop): string {
  switch (step.kind) {
    case 'rule':
      return ruleSentence(step)
    case 'policy':
      return `Policy ${step.verdict.toUpperCase()} of ${step.table} ${step.chain}`
    case 'unknown':
      return 'Hopwire cannot tell what happens here'
    case 'drop':
      return `Dropped: ${step.reason}`
    case 'deliver':
      return step.to === 'kernel' ? 'The kernel takes it' : `Delivered to ${step.process ?? 'a socket'}`
    case 'proxy':
      return `${step.process} opens a second connection`
    case 'originate':
      return `${step.by} sends the packet`
    case 'encapsulate':
      return `Wrapped in ${step.protocol}`
    case 'decapsulate':
      return `Unwrapped from ${step.protocol}`
    case 'route':
      return routeSentence(step)
    case 'bridge':
      return bridgeSentence(step)
    case 'cross':
      return `Crosses from ${step.device} to ${step.toDevice}`
    case 'neighbor':
      return step.mac === null ? `Nobody answers for ${step.address}` : `${step.address} is at ${step.mac}`
    case 'conntrack':
      return conntrackSentence(step)
    case 'enter':
      return `Arrives at ${step.device}`
    case 'exit':
      return `Leaves by ${step.device}${hop.kind === 'nic' ? ', out of the host' : ''}`
    default:
      return assertNever(step)
  }
}

function ruleSentence(step: Extract<Step, { kind: 'rule' }>): string {
  const fields = new Set(step.diff.map((diff) => diff.field))
  if (step.verdict === 'drop') return `${step.chain} dropped the packet`
  if (step.verdict === 'reject') return `${step.chain} rejected the packet`
  const source = [...fields].some((field) => /\.src(port)?$/.test(field) && !field.startsWith('eth.'))
  const destination = [...fields].some((field) => /\.dst(port)?$/.test(field) && !field.startsWith('eth.'))
  if (source && destination) return `${step.chain} rewrote source and destination`
  if (source) return `${step.chain} rewrote the source`
  if (destination) return `${step.chain} rewrote the destination`
  return `${step.chain}: ${step.verdict}`
}

function conntrackSentence(step: Extract<Step, { kind: 'conntrack' }>): string {
  if (step.action === 'translate') return 'Connection tracking turned the addresses back'
  return `Connection tracking: ${step.state}`
}

function routeSentence(step: Extract<Step, { kind: 'route' }>): string {
  switch (step.decision) {
    case 'local':
      return 'The address is this machine’s own'
    case 'forward':
      return step.via === null ? `Routed out of ${step.device}` : `Routed to ${step.via} by ${step.device}`
    case 'none':
      return 'No route to the destination'
    case 'unreachable':
    case 'prohibit':
    case 'blackhole':
      return `An ${step.decision} route ends it here`.replace(/^An (pro|bla)/, 'A $1')
    default:
      return assertNever(step.decision)
  }
}

function bridgeSentence(step: Extract<Step, { kind: 'bridge' }>): string {
  switch (step.decision) {
    case 'forward':
      return `${step.bridge} forwards it to ${step.ports.join(', ')}`
    case 'flood':
      return `${step.bridge} floods it to ${step.ports.length} ports`
    case 'local':
      return `${step.bridge} hands it to the host`
    case 'drop':
      return `${step.bridge} drops it`
    default:
      return assertNever(step.decision)
  }
}

function assertNever(value: never): never {
  throw new Error(`Unknown: ${JSON.stringify(value)}`)
}
