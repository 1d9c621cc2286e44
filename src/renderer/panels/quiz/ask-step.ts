import type { HostState } from '../../../core/host/host-state.ts'
import type { Step } from '../../../core/trace/step.ts'
import type { TimelineEvent } from '../../playback/timeline.ts'

/** A question without its order: what is right, and what could be thought instead. */
export interface Asking {
  readonly prompt: string
  readonly right: string
  readonly wrong: readonly string[]
}

/**
 * Returns what can be asked about an event before it is seen: where the packet goes next, what a chain does with it, which
 * way it is routed, how it ends. Null for what follows by itself (a device that is entered, an entry of conntrack).
 */
export function askAbout(
  event: TimelineEvent,
  before: TimelineEvent,
  all: readonly TimelineEvent[],
  host: HostState | null,
): Asking | null {
  if (event.tick !== before.tick) return askHop(event, before, all, host)
  return event.step === null ? null : askStep(event.step, event, all, host)
}

/** How a place on the way is called. */
export function placeWords({ hop }: Pick<TimelineEvent, 'hop'>): string {
  const where =
    hop.netns === 'external' ? 'a machine outside' : hop.netns.replace(/^container:/, '').replace(/^host$/, 'the host')
  if (hop.device !== null) return `${hop.device} of ${where}`
  return hop.kind === 'external' ? where : `the IP stack of ${where}`
}

function askHop(
  event: TimelineEvent,
  before: TimelineEvent,
  all: readonly TimelineEvent[],
  host: HostState | null,
): Asking {
  const here = placeWords(before)
  const seen = all.filter((each) => each.exchange === event.exchange).map(placeWords)
  const devices = (host?.namespaces ?? []).flatMap(({ name, interfaces }) =>
    interfaces.map(({ name: device }) => placeWords({ hop: { ...event.hop, netns: name, device } })),
  )
  const wrong = [...seen, ...devices].filter((text) => text !== here)
  return { prompt: `The packet is at ${here}. Where is it next?`, right: placeWords(event), wrong }
}

function askStep(
  step: Step,
  event: TimelineEvent,
  all: readonly TimelineEvent[],
  host: HostState | null,
): Asking | null {
  switch (step.kind) {
    case 'rule':
    case 'policy': {
      const prompt = `Now the chain ${step.chain} of the table ${step.table} judges it. What happens?`
      return { prompt, right: verdictWords(step), wrong: otherVerdicts(step, all) }
    }
    case 'route':
      return askRoute(step, event, host)
    case 'bridge': {
      const right = bridgeWords(step.decision)
      const wrong = (['forward', 'flood', 'local', 'drop'] as const).map(bridgeWords)
      return { prompt: `What does the switch ${step.bridge} do with the frame?`, right, wrong }
    }
    case 'deliver':
    case 'drop':
    case 'proxy':
      return {
        prompt: 'What becomes of the packet here?',
        right: END_WORDS[step.kind],
        wrong: Object.values(END_WORDS),
      }
    case 'originate':
    case 'enter':
    case 'exit':
    case 'cross':
    case 'conntrack':
    case 'neighbor':
    case 'encapsulate':
    case 'decapsulate':
    case 'unknown':
      return null
    default:
      return step satisfies never
  }
}

type Judgement = Extract<Step, { kind: 'rule' | 'policy' }>

const END_WORDS = {
  deliver: 'It has arrived, and is taken.',
  drop: 'It is thrown away.',
  proxy: 'docker-proxy takes it and opens a connection of its own.',
} as const

const VERDICT_WORDS: Readonly<Record<string, string>> = {
  accept: 'A rule accepts it: this table lets it pass.',
  drop: 'A rule drops it.',
  reject: 'A rule rejects it, and the sender is told.',
  return: 'A rule sends it back to where the chain was called.',
  dnat: 'A rule writes another destination into it.',
  snat: 'A rule writes another source into it.',
  masquerade: 'A rule writes the address of the way out into it as its source.',
  redirect: 'A rule turns it to this host itself.',
  'policy accept': 'No rule decides, and the policy lets it pass.',
  'policy drop': 'No rule decides, and the policy drops it.',
}

function verdictWords(step: Judgement): string {
  if (step.kind === 'policy') return VERDICT_WORDS[`policy ${step.verdict}`] ?? ''
  if (step.verdict === 'jump' || step.verdict === 'goto') return `A rule sends it to the chain ${step.target}.`
  return VERDICT_WORDS[step.verdict] ?? `A rule does this with it: ${step.target}.`
}

/** What the same trace does elsewhere is the more plausible; then what this table could do. */
function otherVerdicts(step: Judgement, all: readonly TimelineEvent[]): readonly string[] {
  const chains = all.flatMap(({ step: each }) =>
    each?.kind === 'rule' && each.chain !== step.chain ? [`A rule sends it to the chain ${each.chain}.`] : [],
  )
  const usual =
    step.table === 'nat'
      ? ['dnat', 'masquerade', 'policy accept', 'return']
      : ['accept', 'drop', 'policy accept', 'policy drop', 'return', 'reject']
  return [...chains, ...usual.map((word) => VERDICT_WORDS[word] ?? '')]
}

function askRoute(step: Extract<Step, { kind: 'route' }>, { hop }: TimelineEvent, host: HostState | null): Asking {
  const namespace = host?.namespaces.find(({ name }) => name === hop.netns)
  const devices = (namespace?.interfaces ?? []).map(({ name }) => `By ${name}.`)
  const wrong = [...devices, LOCAL_WAY, NO_WAY]
  const right =
    step.decision === 'forward' ? `By ${step.device ?? '?'}.` : step.decision === 'local' ? LOCAL_WAY : NO_WAY
  return { prompt: `Which way is it routed, with destination ${hop.packet.dst} on arrival?`, right, wrong }
}

const LOCAL_WAY = 'To nobody else: the address is one of its own.'
const NO_WAY = 'Nowhere: there is no way.'

function bridgeWords(decision: Extract<Step, { kind: 'bridge' }>['decision']): string {
  switch (decision) {
    case 'forward':
      return 'It hands it out by the port where the MAC address is.'
    case 'flood':
      return 'It sends a copy out by every other port.'
    case 'local':
      return 'It hands it up to the host: the MAC address is its own.'
    case 'drop':
      return 'It throws it away.'
    default:
      return decision satisfies never
  }
}
