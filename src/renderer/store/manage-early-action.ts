import type { ManageAction } from '../../core/manage/action.ts'
import { checkAction } from '../../core/manage/check-action.ts'
import type { FieldProblem } from '../../core/manage/plan.ts'

/**
 * What can be asked of an action while it is still being typed: what is filled in and readable of it, so that a subnet that is
 * taken shows before the network has a name.
 */
export interface EarlyAction {
  readonly action: ManageAction
  /** Paths of what was left out or stood in for: what is said of these is no news. */
  readonly silent: readonly string[]
  /** For each row of subnets that is left, its place among all of them. */
  readonly rows: readonly number[]
}

/** What stands for a name that was not typed yet, wherever one is needed. */
const STAND_IN = 'unnamed'

/** Without these, what they belong to says nothing. */
const NEEDED = /(\.subnet|\.network)$/

const DROPPED = Symbol('dropped')

/**
 * Returns what is left of an action without the fields that are wrong, and with stand-ins for names that are missing; null
 * where that is nothing that could be asked about.
 */
export function readEarly(action: ManageAction, missing: readonly FieldProblem[]): EarlyAction | null {
  const named = withStandIns(action, new Set(missing.map(({ at }) => at)), '')
  const first = checkAction(named)
  const wrong = new Set(first.ok ? [] : first.problems.map(({ path }) => path))
  const left = checkAction(without(named, wrong, ''))
  if (!left.ok) return null
  const subnets = action.kind === 'create-network' ? (action.network.subnets ?? []) : []
  const rows = subnets.flatMap((_, row) => (wrong.has(`network.subnets[${row}].subnet`) ? [] : [row]))
  return { action: left.action, silent: [...missing.map(({ at }) => at), ...wrong], rows }
}

/** Returns those problems of an early action that are about what was typed, at the fields where it was typed. */
export function placeEarly(
  { silent, rows }: Pick<EarlyAction, 'silent' | 'rows'>,
  problems: readonly FieldProblem[],
): readonly FieldProblem[] {
  return problems
    .map((problem) => ({
      ...problem,
      at: problem.at.replace(/^network\.subnets\[(\d+)\]/, (_, row) => `network.subnets[${rows[Number(row)] ?? row}]`),
    }))
    .filter(({ at }) => !silent.includes(at))
}

function withStandIns(value: unknown, missing: ReadonlySet<string>, path: string): unknown {
  if (missing.has(path) && !NEEDED.test(path)) return STAND_IN
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      withStandIns(item, missing, path === '' ? key : `${path}.${key}`),
    ]),
  )
}

/** The paths are those of core/host/shape.ts. A mapping's keys are written in brackets, so both ways are looked up. */
function without(value: unknown, wrong: ReadonlySet<string>, path: string): unknown {
  if (wrong.has(path)) return DROPPED
  if (Array.isArray(value))
    return value.map((item, index) => without(item, wrong, `${path}[${index}]`)).filter((item) => item !== DROPPED)
  if (typeof value !== 'object' || value === null) return value
  const left: [string, unknown][] = []
  for (const [key, item] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`
    const kept = wrong.has(`${path}[${JSON.stringify(key)}]`) ? DROPPED : without(item, wrong, at)
    if (kept !== DROPPED) left.push([key, kept])
    else if (NEEDED.test(at)) return DROPPED
  }
  return Object.fromEntries(left)
}
