import type { HostState } from '../../../core/host/host-state.ts'
import type { ManageAction } from '../../../core/manage/action.ts'
import { fieldOf } from '../../../core/manage/find-field.ts'
import { findSurprises } from '../../../core/manage/find-surprises.ts'
import { formatCommand } from '../../../core/manage/format-command.ts'
import type { ActionPlan, FieldProblem, Reachability } from '../../../core/manage/plan.ts'
import { predictRefusal } from '../../../core/manage/predict-refusal.ts'
import { type JsonRecord, textOf } from '../../../core/parse/json-value.ts'
import { reasonOf, statusOf } from '../../docker/engine-error.ts'
import { predictReach } from '../reach/predict-reach.ts'
import { tagsOf } from './change-image.ts'
import type { DockerCalls } from './docker-calls.ts'
import { foreseeLosses } from './foresee-losses.ts'
import { refuseOwn } from './own-objects.ts'
import { Refusal } from './refusal.ts'

/** What a plan is made from. `state` is the host as it was read last. */
export interface PlanFacts {
  readonly calls: DockerCalls
  readonly generation: number
  readonly state: HostState | null
}

/** Tells what an action would do, without doing it. */
export async function planAction(
  facts: PlanFacts,
  action: ManageAction,
  reach: boolean,
  signal: AbortSignal,
): Promise<ActionPlan> {
  const { state, calls, generation } = facts
  const problems = [...(await findErrors(facts, action)), ...findSurprises(state, generation, action)]
  const stands = problems.some(({ severity }) => severity === 'error')
  const { losses, undo } = stands ? { losses: [], undo: null } : await foreseeLosses(calls, action)
  return {
    command: formatCommand(action),
    problems,
    losses,
    undo,
    reach: reach && !stands && state !== null ? await predict(state, action, signal) : null,
  }
}

async function predict(state: HostState, action: ManageAction, signal: AbortSignal): Promise<Reachability | null> {
  const predicted = await predictReach(state, action, signal)
  if (!predicted.ok) throw new Refusal(predicted.failure)
  return predicted.value
}

/** The first reason for which the engine would refuse it: it tells one as well. */
async function findErrors({ calls, state }: PlanFacts, action: ManageAction): Promise<readonly FieldProblem[]> {
  try {
    await refuseOwn(calls, action)
    await lookForImage(calls, action)
  } catch (error) {
    if (error instanceof Refusal) return [toError(error.failure.at ?? '', error.message)]
    if (statusOf(error) === null) throw error
    return [toError(fieldOf(action, reasonOf(error)) ?? '', reasonOf(error))]
  }
  const message = state === null ? null : predictRefusal(state, action)
  return message === null ? [] : [toError(fieldOf(action, message) ?? '', message)]
}

function toError(at: string, message: string): FieldProblem {
  return { at, severity: 'error', message }
}

/** Rejects as the engine does where an image is not there, or is held by a container. */
async function lookForImage(calls: DockerCalls, action: ManageAction): Promise<void> {
  if (action.kind === 'run-container') await calls.inspectImage(action.container.image)
  if (action.kind !== 'remove-image') return
  const image = await calls.inspectImage(action.image)
  const id = textOf(image, 'Id') ?? ''
  if (tagsOf(image).length > 1 && tagsOf(image).includes(action.image)) return
  const users = (await calls.listContainers()).filter((one) => textOf(one, 'ImageID') === id)
  const [user] = users
  if (user !== undefined)
    throw new Refusal({ code: 'engine-refused', message: heldBy(action.image, id, user), at: 'image' })
}

/** moby:daemon/images/image_delete.go ImageDelete. */
function heldBy(image: string, id: string, container: JsonRecord): string {
  const short = (text: string): string => text.replace(/^sha256:/, '').slice(0, 12)
  const user = short(textOf(container, 'Id') ?? '')
  return `conflict: unable to remove repository reference "${image}" (must force) - container ${user} is using its referenced image ${short(id)}`
}
