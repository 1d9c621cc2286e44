import type { HostState } from '../../../core/host/host-state.ts'
import type { ManageAction } from '../../../core/manage/action.ts'
import { formatCommand } from '../../../core/manage/format-command.ts'
import type { ActionPlan } from '../../../core/manage/plan.ts'
import type { DockerCalls } from './docker-calls.ts'

/** What a plan is made from. `state` is the host as it was read last. */
export interface PlanFacts {
  readonly calls: DockerCalls
  readonly generation: number
  readonly state: HostState | null
}

/** Tells what an action would do, without doing it. */
export async function planAction(
  _facts: PlanFacts,
  action: ManageAction,
  _reach: boolean,
  _signal: AbortSignal,
): Promise<ActionPlan> {
  return { command: formatCommand(action), problems: [], losses: [], undo: null, reach: null }
}
