import type { ManageAction } from '../../core/manage/action.ts'
import type { FieldProblem } from '../../core/manage/plan.ts'
import type { Failure } from '../../protocol/contract.ts'
import { failureWords } from './failure-words.ts'
import type { ManageDesk } from './manage-action-types.ts'
import { NO_PLAN } from './manage-data.ts'

/** How long the keys have to rest before a plan is asked for, in milliseconds. */
const REST = 220

/** Asks what an action would do, once at a time: a newer question ends the one before. */
export interface Planner {
  /** Plans after a rest; null forgets the plan. What was known before stays on show until then. */
  plan(action: ManageAction | null, rest?: number): void
}

/** Returns a planner: it first asks what would happen, then, which takes longer, who could reach whom. */
export function createPlanner(desk: ManageDesk): Planner {
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking: AbortController | null = null
  const ask = async (action: ManageAction, mine: AbortController) => {
    const { client } = desk
    if (client === null) return
    const first = await client.call('planAction', { action, reach: false }, { signal: mine.signal })
    if (asking !== mine) return
    if (!first.ok) return desk.change({ plan: { ...NO_PLAN, problem: failureWords(first.failure) } })
    const stuck = first.value.problems.some(({ severity }) => severity === 'error')
    const known = desk.get().manage.plan.plan?.reach ?? null
    desk.change({ plan: { ...NO_PLAN, plan: { ...first.value, reach: stuck ? null : known }, reaching: !stuck } })
    if (stuck) return
    const second = await client.call('planAction', { action, reach: true }, { signal: mine.signal })
    if (asking !== mine) return
    desk.change({
      plan: second.ok
        ? { ...NO_PLAN, plan: second.value }
        : { ...NO_PLAN, plan: first.value, problem: failureWords(second.failure) },
    })
  }
  return {
    plan: (action, rest = REST) => {
      clearTimeout(timer)
      asking?.abort()
      asking = null
      if (action === null) return desk.change({ plan: NO_PLAN })
      const mine = new AbortController()
      asking = mine
      desk.change({ plan: { ...desk.get().manage.plan, looking: true, reaching: false, problem: null } })
      timer = setTimeout(() => void ask(action, mine), rest)
    },
  }
}

/** Returns a failure as a problem at the field that it is about; at the whole form where it names none. */
export function placeManageFailure(failure: Failure): FieldProblem {
  const at = (failure.at ?? '').replace(/^action\.?/, '')
  return { at, severity: 'error', message: failureWords(failure) }
}
