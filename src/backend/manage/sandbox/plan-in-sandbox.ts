import type { HostState } from '../../../core/host/host-state.ts'
import type { ManageAction } from '../../../core/manage/action.ts'
import { applyAction } from '../../../core/manage/apply-action.ts'
import { fieldOf } from '../../../core/manage/find-field.ts'
import { findProblems } from '../../../core/manage/find-problems.ts'
import { formatCommand } from '../../../core/manage/format-command.ts'
import type { ActionPlan, FieldProblem, Reachability } from '../../../core/manage/plan.ts'
import type { Scene } from '../../../core/synth/scene/scene.ts'
import type { Outcome } from '../../../protocol/contract.ts'
import { predictSceneReach } from '../reach/predict-reach.ts'
import { listLosses } from './list-losses.ts'

/** Tells what an action on a sandbox would do: whatever it is, the scene before it can be had again. */
export async function planInSandbox(
  scene: Scene,
  state: HostState,
  action: ManageAction,
  reach: boolean,
  signal: AbortSignal,
): Promise<Outcome<ActionPlan>> {
  const applied = applyAction(scene, action)
  const told = findProblems(state, action)
  const command = formatCommand(action)
  if (!applied.ok) {
    const problems = placeRefusal(action, applied.message, told)
    return { ok: true, value: { command, problems, losses: [], undo: null, reach: null } }
  }
  let predicted: Reachability | null = null
  if (reach) {
    const outcome = await predictSceneReach(scene, applied.scene, action, signal)
    if (!outcome.ok) return outcome
    predicted = outcome.value
  }
  return {
    ok: true,
    value: {
      command,
      problems: told.filter(({ severity }) => severity === 'warning'),
      losses: listLosses(scene, state, action),
      undo: 'undo gives the sandbox back as it was, to the last address',
      reach: predicted,
    },
  }
}

/** Docker tells one reason; what is wrong in other fields is told beside it. */
function placeRefusal(action: ManageAction, message: string, told: readonly FieldProblem[]): readonly FieldProblem[] {
  const at = fieldOf(action, message) ?? ''
  // What was told of the same may name who is in the way, too.
  const same = told.find((one) => one.at === at && one.severity === 'error' && one.message.startsWith(message))
  const others = told.filter((one) => one.at !== at)
  return [same ?? { at, severity: 'error', message }, ...others]
}
