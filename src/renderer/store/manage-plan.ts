import type { ManageAction } from '../../core/manage/action.ts'
import type { FieldProblem } from '../../core/manage/plan.ts'
import type { Failure } from '../../protocol/contract.ts'
import { failureWords } from './failure-words.ts'
import type { ManageDesk } from './manage-action-types.ts'
import type { BuiltAction } from './manage-build-action.ts'
import { NO_PLAN } from './manage-data.ts'
import { type EarlyAction, placeEarly } from './manage-early-action.ts'

/** How long the keys have to rest before a plan is asked for, in milliseconds. */
const REST = 220

/** Asks what an action would do, once at a time: a newer question ends the one before. */
export interface Planner {
  /** Plans after a rest; null forgets the plan. What was known before stays on show until then. */
  plan(action: ManageAction | null, rest?: number): void
  /** The same for what a dialog says; where that cannot be done yet, asks what is known against what is there of it. */
  planForm(built: BuiltAction, rest?: number): void
}

/** Returns a planner: it first asks what would happen, then, which takes longer, who could reach whom. */
export function createPlanner(desk: ManageDesk): Planner {
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking: AbortController | null = null
  const later = (rest: number, work: (mine: Question) => Promise<void>) => {
    const mine = new AbortController()
    asking = mine
    timer = setTimeout(() => void work({ signal: mine.signal, isNewest: () => asking === mine }), rest)
  }
  const stop = () => {
    clearTimeout(timer)
    asking?.abort()
    asking = null
  }
  const plan: Planner['plan'] = (action, rest = REST) => {
    stop()
    if (action === null) return desk.change({ plan: NO_PLAN })
    desk.change({ plan: { ...desk.get().manage.plan, looking: true, reaching: false, problem: null } })
    later(rest, (mine) => ask(desk, action, mine))
  }
  return {
    plan,
    planForm: ({ action, early }, rest = REST) => {
      if (action !== null || early === null) return plan(action, rest)
      stop()
      const { plan: before, early: known } = desk.get().manage.plan
      // What was known stays until the answer comes, so that the fields do not jump with each key.
      const stays = [...known, ...(before?.problems ?? [])].filter(({ at }) => !early.silent.includes(at))
      desk.change({ plan: { ...NO_PLAN, early: stays } })
      later(rest, (mine) => askEarly(desk, early, mine))
    },
  }
}

/** One question of a planner. What an older one is told is nobody's. */
interface Question {
  readonly signal: AbortSignal
  readonly isNewest: () => boolean
}

async function ask(desk: ManageDesk, action: ManageAction, { signal, isNewest }: Question): Promise<void> {
  const { client } = desk
  if (client === null) return
  const first = await client.call('planAction', { action, reach: false }, { signal })
  if (!isNewest()) return
  if (!first.ok) return desk.change({ plan: { ...NO_PLAN, problem: failureWords(first.failure) } })
  const stuck = first.value.problems.some(({ severity }) => severity === 'error')
  const known = desk.get().manage.plan.plan?.reach ?? null
  desk.change({ plan: { ...NO_PLAN, plan: { ...first.value, reach: stuck ? null : known }, reaching: !stuck } })
  if (stuck) return
  const second = await client.call('planAction', { action, reach: true }, { signal })
  if (!isNewest()) return
  desk.change({
    plan: second.ok
      ? { ...NO_PLAN, plan: second.value }
      : { ...NO_PLAN, plan: first.value, problem: failureWords(second.failure) },
  })
}

async function askEarly(desk: ManageDesk, early: EarlyAction, { signal, isNewest }: Question): Promise<void> {
  const told = await desk.client?.call('planAction', { action: early.action, reach: false }, { signal })
  if (told === undefined || !isNewest()) return
  // Why it cannot be told is said once there is an action to be told of.
  desk.change({ plan: { ...NO_PLAN, early: told.ok ? placeEarly(early, told.value.problems) : [] } })
}

/** Returns a failure as a problem at the field that it is about; at the whole form where it names none. */
export function placeManageFailure(failure: Failure): FieldProblem {
  const at = (failure.at ?? '').replace(/^action\.?/, '')
  return { at, severity: 'error', message: failureWords(failure) }
}
