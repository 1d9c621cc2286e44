import type { Step } from '../../../core/trace/step.ts'

/** How a row or a dot is coloured: a rewrite, an end in red, a pass in green, doubt, or nothing special. */
export type StepTone = 'rewrite' | 'stop' | 'pass' | 'doubt' | 'plain'

/** One step in three short columns, as the event list prints it. */
export interface StepWords {
  /** Where: a device or `table CHAIN`. */
  readonly place: string
  /** What was decided there, in a word or two. */
  readonly verdict: string
  /** The rule, route or address that decided it. */
  readonly detail: string
  readonly tone: StepTone
}

/** Returns a step in words. `device` is the hop's, for steps that do not name one; null stands for the IP stack. */
export function describeStep(step: Step, device: string | null): StepWords {
  switch (step.kind) {
    case 'rule':
    case 'policy':
      return describeJudgement(step)
    case 'originate':
    case 'deliver':
    case 'proxy':
      return describeEnd(step, device)
    case 'drop':
      return { place: device ?? 'IP stack', verdict: 'dropped', detail: step.reason, tone: 'stop' }
    case 'unknown':
      return { place: device ?? 'IP stack', verdict: 'cannot tell', detail: step.what, tone: 'doubt' }
    case 'bridge':
    case 'enter':
    case 'exit':
    case 'cross':
    case 'encapsulate':
    case 'decapsulate':
      return describeDevice(step)
    case 'route':
    case 'neighbor':
    case 'conntrack':
      return describeLookup(step)
    default:
      return assertNever(step)
  }
}

type Judgement = Extract<Step, { kind: 'rule' | 'policy' }>

function describeJudgement(step: Judgement): StepWords {
  const place = `${step.table} ${step.chain}`
  if (step.kind === 'policy') {
    const tone = step.verdict === 'drop' ? 'stop' : 'plain'
    return { place, verdict: `policy ${step.verdict.toUpperCase()}`, detail: 'no rule decided', tone }
  }
  return { place, verdict: verdictWord(step), detail: diffWords(step) ?? step.rule, tone: ruleTone(step) }
}

function verdictWord(step: Extract<Step, { kind: 'rule' }>): string {
  if (step.verdict === 'jump' || step.verdict === 'goto') return `→ ${step.target}`
  return step.verdict.toUpperCase()
}

function ruleTone(step: Extract<Step, { kind: 'rule' }>): StepTone {
  if (step.verdict === 'drop' || step.verdict === 'reject') return 'stop'
  if (step.diff.length > 0) return 'rewrite'
  return step.verdict === 'accept' ? 'pass' : 'plain'
}

const FIELD_WORDS: Readonly<Record<string, string>> = {
  'ip.src': 'source',
  'ipv6.src': 'source',
  'ip.dst': 'destination',
  'ipv6.dst': 'destination',
  'tcp.srcport': 'source port',
  'udp.srcport': 'source port',
  'tcp.dstport': 'destination port',
  'udp.dstport': 'destination port',
}

/** Returns `source becomes 198.51.100.10` for a step that rewrites; null where nothing changed. */
function diffWords(step: Step): string | null {
  if (step.diff.length === 0) return null
  return step.diff.map((diff) => `${FIELD_WORDS[diff.field] ?? diff.field} becomes ${diff.after}`).join(', ')
}

function describeEnd(
  step: Extract<Step, { kind: 'originate' | 'deliver' | 'proxy' }>,
  device: string | null,
): StepWords {
  switch (step.kind) {
    case 'originate':
      return { place: step.by, verdict: 'sends', detail: packetWords(step.packet), tone: 'plain' }
    case 'proxy':
      return { place: step.process, verdict: 'relays', detail: `${step.listens} → ${step.connects}`, tone: 'plain' }
    case 'deliver': {
      const detail = [step.process, step.socket].filter((each) => each !== null).join(' ')
      const place = step.to === 'kernel' ? 'kernel' : 'socket'
      return { place: device ?? place, verdict: `delivered to ${place}`, detail, tone: 'pass' }
    }
    default:
      return assertNever(step)
  }
}

type DeviceStep = Extract<Step, { kind: 'bridge' | 'enter' | 'exit' | 'cross' | 'encapsulate' | 'decapsulate' }>

function describeDevice(step: DeviceStep): StepWords {
  switch (step.kind) {
    case 'enter':
      return { place: step.device, verdict: 'in', detail: '', tone: 'plain' }
    case 'exit':
      return { place: step.device, verdict: 'out', detail: '', tone: 'plain' }
    case 'cross':
      return { place: step.device, verdict: 'crosses', detail: `${step.toDevice} in ${step.toNetns}`, tone: 'plain' }
    case 'bridge': {
      const tone = step.decision === 'drop' ? 'stop' : 'plain'
      const detail = step.ports.length > 0 ? `to ${step.ports.join(', ')}` : ''
      return { place: step.bridge, verdict: step.decision, detail, tone }
    }
    case 'encapsulate':
      return { place: step.device, verdict: 'wraps', detail: step.protocol, tone: 'plain' }
    case 'decapsulate':
      return { place: step.device, verdict: 'unwraps', detail: step.protocol, tone: 'plain' }
    default:
      return assertNever(step)
  }
}

function describeLookup(step: Extract<Step, { kind: 'route' | 'neighbor' | 'conntrack' }>): StepWords {
  switch (step.kind) {
    case 'route': {
      const found = step.decision === 'forward' || step.decision === 'local'
      return { place: 'route', verdict: step.decision, detail: routeWords(step), tone: found ? 'plain' : 'stop' }
    }
    case 'neighbor': {
      const detail = step.mac === null ? `${step.address} ${step.state}` : `${step.address} is ${step.mac}`
      return { place: 'neighbour', verdict: step.mac === null ? 'unknown' : step.state, detail, tone: 'plain' }
    }
    case 'conntrack': {
      const tone = step.diff.length > 0 ? 'rewrite' : 'plain'
      return {
        place: 'conntrack',
        verdict: `${step.action} ${step.state}`,
        detail: diffWords(step) ?? step.entry,
        tone,
      }
    }
    default:
      return assertNever(step)
  }
}

function routeWords(step: Extract<Step, { kind: 'route' }>): string {
  if (step.route !== null) return step.route
  const parts = [step.via === null ? '' : `via ${step.via}`, step.device === null ? '' : `dev ${step.device}`]
  return parts.filter(Boolean).join(' ')
}

function packetWords(packet: Extract<Step, { kind: 'originate' }>['packet']): string {
  const port = (value: number | undefined) => (value === undefined ? '' : `:${value}`)
  return `${packet.src}${port(packet.sourcePort)} → ${packet.dst}${port(packet.destinationPort)}`
}

function assertNever(value: never): never {
  throw new Error(`Unknown step: ${JSON.stringify(value)}`)
}
