import type { Step } from '../../core/trace/step.ts'
import type { Role } from './style.ts'

/** What is printed under a hop: a word that says what acted, and what it did. */
export interface Note {
  readonly tag: string
  readonly text: string
  readonly role: Role
}

/** How much is said of each step. */
export interface Detail {
  /** Every step, and the rules that did not match. */
  readonly all: boolean
  /** That nothing was read from the host is said of all of it already. */
  readonly synthSaid: boolean
}

/**
 * The notes of one step. Without `all`, only what decided the packet's way: routes, rules with a verdict, address
 * translation, and every reason to stop. With it, each step and the rules that were tried.
 */
export function describeStep(step: Step, { all, synthSaid }: Detail, arrow: string): readonly Note[] {
  const main = all || isDecisive(step) ? [describe(step, arrow)] : []
  const tried = all && (step.kind === 'rule' || step.kind === 'policy') ? describeTried(step) : []
  const notes = [...tried, ...main, ...describeDiff(step, all, arrow)]
  const last = notes.at(-1)
  const origin = evidenceNote(step, synthSaid)
  if (last === undefined || origin === null) return notes
  return [...notes.slice(0, -1), { ...last, text: `${last.text} (${origin})` }]
}

/** What is not read from the host is said to be so. */
function evidenceNote({ evidence: { basis, note } }: Step, synthSaid: boolean): string | null {
  if (basis === 'assumed') return note === undefined ? 'assumed' : `assumed: ${note}`
  return basis === 'synth' && !synthSaid ? 'as Docker would write it' : null
}

function isDecisive(step: Step): boolean {
  switch (step.kind) {
    case 'rule':
      return !['jump', 'goto', 'return', 'continue'].includes(step.verdict)
    case 'policy':
      return step.verdict === 'drop'
    case 'route':
      return step.decision !== 'local'
    case 'conntrack':
      return step.action === 'translate' || step.state === 'invalid'
    case 'neighbor':
      return step.mac === null
    case 'bridge':
      return step.decision !== 'local'
    case 'encapsulate':
    case 'decapsulate':
    case 'proxy':
    case 'deliver':
    case 'drop':
    case 'unknown':
      return true
    case 'originate':
    case 'enter':
    case 'cross':
    case 'exit':
      return false
    default:
      return step satisfies never
  }
}

function note(tag: string, text: string, role: Role = 'plain'): Note {
  return { tag, text, role }
}

function describe(step: Step, arrow: string): Note {
  switch (step.kind) {
    case 'originate':
      return note('sent', `by ${step.by}`)
    case 'enter':
      return note('enter', step.device)
    case 'exit':
      return note('exit', step.device)
    case 'bridge':
      return describeBridge(step)
    case 'route':
      return describeRoute(step)
    case 'rule':
      return describeRule(step)
    case 'policy':
      return note(
        tableOf(step),
        `${step.chain} policy ${step.verdict.toUpperCase()}`,
        step.verdict === 'drop' ? 'bad' : 'plain',
      )
    case 'conntrack':
      return note('ct', `${step.state}, ${step.action}: ${step.entry}`, step.state === 'invalid' ? 'warn' : 'plain')
    case 'neighbor':
      return describeNeighbor(step)
    case 'cross':
      return note('cross', `${step.device} ${arrow} ${step.toNetns} ${step.toDevice}`)
    case 'encapsulate':
    case 'decapsulate':
      return note('tunnel', `${step.kind}d as ${step.protocol} by ${step.device}`)
    case 'proxy':
      return note('proxy', `${step.process} listens on ${step.listens}, connects ${step.connects}`)
    case 'deliver':
      return note(step.to, describeDelivery(step))
    case 'drop':
      return note('drop', `${step.reason}: ${step.why}`, 'bad')
    case 'unknown':
      return note('unknown', `${step.what}: ${step.why}`, 'warn')
    default:
      return step satisfies never
  }
}

type StepOf<K extends Step['kind']> = Extract<Step, { readonly kind: K }>

/** The word `ip` stands for the usual family and is left out. */
function tableOf(step: StepOf<'rule' | 'policy'>): string {
  return step.family === 'ip' ? step.table : `${step.family} ${step.table}`
}

/** An iptables-save line names its chain itself; an nft rule does not. */
function describeRule(step: StepOf<'rule'>): Note {
  const rule = /^-[AI] /.test(step.rule) ? step.rule : `${step.chain}: ${step.rule}`
  const stopped = step.verdict === 'drop' || step.verdict === 'reject'
  const from =
    stopped && step.hook.toUpperCase() !== step.chain
      ? `   [${step.verdict}; chain reached from ${step.hook.toUpperCase()}]`
      : ''
  return note(tableOf(step), rule + from, stopped ? 'bad' : 'plain')
}

function describeTried(step: StepOf<'rule' | 'policy'>): readonly Note[] {
  return (step.tried ?? []).map((tried) => note(tableOf(step), `no match: ${tried.rule} [${tried.failed}]`, 'dim'))
}

function describeRoute(step: StepOf<'route'>): Note {
  const table = step.table === null || step.table === 'main' ? '' : ` (table ${step.table})`
  const failed = step.decision !== 'forward' && step.decision !== 'local'
  if (step.route === null) return note('route', `${step.decision}: ${step.why}`, failed ? 'bad' : 'plain')
  const local = step.decision === 'local' && !step.route.startsWith('local') ? 'local: ' : ''
  return note('route', `${local}${step.route}${table}`, failed ? 'bad' : 'plain')
}

function describeBridge(step: StepOf<'bridge'>): Note {
  const ports = step.ports.join(', ')
  switch (step.decision) {
    case 'forward':
      return note('bridge', `${step.bridge} forwards to ${ports}`)
    case 'flood':
      return note('bridge', `${step.bridge} floods to ${ports}`)
    case 'local':
      return note('bridge', `${step.bridge} hands it to the host`)
    case 'drop':
      return note('bridge', `${step.bridge} drops it: ${step.why}`, 'bad')
    default:
      return step.decision satisfies never
  }
}

function describeNeighbor(step: StepOf<'neighbor'>): Note {
  if (step.mac === null && step.evidence.basis === 'assumed')
    return note('neigh', `${step.address} dev ${step.device}: no entry yet, answers`)
  if (step.mac === null) return note('neigh', `${step.address} dev ${step.device}: ${step.state}, no answer`, 'bad')
  return note('neigh', `${step.address} dev ${step.device} lladdr ${step.mac} ${step.state}`)
}

function describeDelivery(step: StepOf<'deliver'>): string {
  const text = step.socket ?? step.why
  return step.process === null || text.includes(step.process) ? text : `${text} (${step.process})`
}

/** Changed fields. MAC addresses and TTL change at every hop and would hide what was rewritten. */
function describeDiff(step: Step, all: boolean, arrow: string): readonly Note[] {
  return step.diff
    .filter((diff) => all || !/^eth\.|\.ttl$|\.hlim$/.test(diff.field))
    .map((diff) =>
      note('', `${diff.field} ${diff.before === '' ? 'unset' : diff.before} ${arrow} ${diff.after}`, 'changed'),
    )
}
