import type { Disagreement } from './compare-truth.ts'
import { wordsOf } from './family-words.ts'
import type { ObservedCheck } from './judge-observation.ts'
import type { FlowResult } from './run-flow.ts'
import type { Result } from './run-conformance.ts'

/** What a run came to on one engine. */
export interface Tally {
  flows: number
  cannotTell: Map<string, number>
  wrong: Record<Disagreement['about'], number>
  /** Of Hopwire's own watcher: flows, those whose observed report is not the truth, those where it is not the prediction. */
  watched: { flows: number; wrong: Record<Disagreement['about'], number>; decided: number; parted: number }
  failed: number
  unsteady: number
}

export const newTally = (): Tally => ({
  flows: 0,
  cannotTell: new Map(),
  wrong: { outcome: 0, frames: 0, rules: 0 },
  watched: { flows: 0, wrong: { outcome: 0, frames: 0, rules: 0 }, decided: 0, parted: 0 },
  failed: 0,
  unsteady: 0,
})

/** Adds one judged flow. */
export function count(tally: Tally, { check, observed, unsteady }: FlowResult): void {
  tally.flows += 1
  if (unsteady !== null) tally.unsteady += 1
  if (!check.decided) tally.cannotTell.set(check.report.reason, (tally.cannotTell.get(check.report.reason) ?? 0) + 1)
  for (const about of new Set(check.disagreements.map((one) => one.about))) tally.wrong[about] += 1
  if (observed === null) return
  tally.watched.flows += 1
  if (check.decided) tally.watched.decided += 1
  if (observed.divergence !== null) tally.watched.parted += 1
  for (const about of new Set(observed.disagreements.map((one) => one.about))) tally.watched.wrong[about] += 1
}

const undecided = ({ cannotTell }: Tally): number => [...cannotTell.values()].reduce((sum, times) => sum + times, 0)

/**
 * The bar: every decided flow agrees in all three, less than one flow in a hundred is undecided, and what Hopwire's watcher
 * saw is the truth each time, and the prediction wherever there is one.
 */
export function passes(tally: Tally): boolean {
  const { flows, wrong, failed, watched } = tally
  const agrees = [...Object.values(wrong), ...Object.values(watched.wrong), watched.parted].every((some) => some === 0)
  return flows > 0 && failed === 0 && agrees && undecided(tally) < flows * 0.01
}

const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(2)}%`)

/** Lines of the table at the end, and why flows could not be told. */
export function showTallies(tallies: ReadonlyMap<string, Tally>): string[] {
  const rows = [...tallies].map(([engine, tally]) => {
    const decided = tally.flows - undecided(tally)
    const agreement = (about: Disagreement['about']): string => percent(decided - tally.wrong[about], decided)
    const { watched } = tally
    const seen = (about: Disagreement['about']): string => percent(watched.flows - watched.wrong[about], watched.flows)
    const open = `${undecided(tally)} (${percent(undecided(tally), tally.flows)})`
    return [
      engine,
      String(tally.flows),
      agreement('outcome'),
      agreement('frames'),
      agreement('rules'),
      open,
      ...['frames', 'rules', 'outcome'].map((about) => seen(about as Disagreement['about'])),
      percent(watched.decided - watched.parted, watched.decided),
      String(tally.unsteady),
      String(tally.failed),
      passes(tally) ? 'yes' : 'NO',
    ]
  })
  const table = [
    [
      'engine',
      'flows',
      'outcome',
      'frames',
      'rules',
      'cannot tell',
      'observed: frames',
      'rules',
      'outcome',
      'predicted = observed',
      'unsteady',
      'failed',
      'bar reached',
    ],
    ...rows,
  ]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const reasons = [...tallies].flatMap(([engine, { cannotTell }]) =>
    [...cannotTell]
      .sort((left, right) => right[1] - left[1])
      .map(([reason, times]) => `  ${engine}: ${times} x ${reason}`),
  )
  return reasons.length === 0 ? lines : [...lines, '', 'Could not be told, because:', ...reasons]
}

/** One disagreement, both sides: lines that only one side has are marked. */
export function showDisagreement(disagreement: Disagreement): string[] {
  return showSides(disagreement, 'predicted')
}

function showSides({ about, predicted, observed }: Disagreement, who: 'predicted' | 'watcher'): string[] {
  if (about === 'outcome') return [`  outcome: ${who} ${predicted.join()}, observed ${observed.join()}`]
  const missing = spare(predicted, observed)
  const surplus = spare(observed, predicted)
  const order =
    missing.length + surplus.length === 0
      ? ['    the same ones in another order; observed:', ...observed.map((line) => `      ${line}`)]
      : []
  return [
    `  ${about}:`,
    ...missing.map((line) => `    - ${who} only: ${line}`),
    ...surplus.map((line) => `    + observed only:  ${line}`),
    ...order,
  ]
}

/** What the left has more often than the right. */
function spare(left: readonly string[], right: readonly string[]): string[] {
  const others = [...right]
  return left.filter((line) => {
    const at = others.indexOf(line)
    if (at !== -1) others.splice(at, 1)
    return at === -1
  })
}

/** What Hopwire's watcher made of a probe, as far as it is not what the run's own taps and counters tell, or was predicted. */
function showObserved({ disagreements, divergence }: ObservedCheck): string[] {
  return [
    ...disagreements.flatMap((each) => [`  Hopwire's watcher:`, ...showSides(each, 'watcher')]),
    ...(divergence === null ? [] : [`  predicted and observed part: ${divergence}`]),
  ]
}

/** Everything about one flow that went wrong. */
export function showResult({ plan, round, check, observed }: Result): string[] {
  const { generation, userlandProxy } = plan.engine
  const { from, to, protocol, destinationPort, ttl, length, dontFragment } = check.flow
  const port = destinationPort === undefined ? '' : `:${destinationPort}`
  const more = [
    `${length} bytes`,
    ...(ttl === undefined ? [] : [`ttl ${ttl}`]),
    ...(dontFragment === false ? ['may be fragmented'] : []),
  ]
  const rules =
    plan.rounds[round]?.rules.map(
      ({ family, table, chain, at, spec }) =>
        `    ${wordsOf(family).program} -t ${table} ${at === 'insert' ? '-I' : '-A'} ${chain} ${spec}`,
    ) ?? []
  const { sysctls = {}, commands = [], uplinkMtu = 1500 } = plan.rounds[round] ?? {}
  return [
    `Docker ${generation}${userlandProxy ? '' : ' (no userland proxy)'} seed ${plan.seed} topology ${plan.index} round ${round}: ${from} > ${to}${port} ${protocol} (${more.join(', ')})`,
    ...check.disagreements.flatMap(showDisagreement),
    ...(observed === null ? [] : showObserved(observed)),
    `  predicted: ${check.report.disposition}: ${check.report.reason}`,
    ...(rules.length + Object.keys(sysctls).length + commands.length + uplinkMtu === 1500 ? [] : ['  with:']),
    ...rules,
    ...Object.entries(sysctls).map(([key, value]) => `    ${key} = ${value}`),
    ...(uplinkMtu === 1500 ? [] : [`    uplink MTU ${uplinkMtu}`]),
    ...commands.map(({ run }) => `    ip ${run}`),
  ]
}
