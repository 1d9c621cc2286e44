import type { HostState } from '../../../core/host/host-state.ts'
import type { ManageAction } from '../../../core/manage/action.ts'
import { fieldOf } from '../../../core/manage/find-field.ts'
import { findProblems } from '../../../core/manage/find-problems.ts'
import { commandGaps, formatCommand } from '../../../core/manage/format-command.ts'
import { withTag } from '../../../core/manage/image-catalog.ts'
import type { ActionPlan, FieldProblem, Reachability } from '../../../core/manage/plan.ts'
import { predictRefusal } from '../../../core/manage/predict-refusal.ts'
import { type JsonRecord, textOf } from '../../../core/parse/json-value.ts'
import { reasonOf, statusOf } from '../../docker/engine-error.ts'
import { predictReach } from '../reach/predict-reach.ts'
import { tagsOf } from './change-image.ts'
import type { DockerCalls } from './docker-calls.ts'
import { foreseeLosses } from './foresee-losses.ts'
import { refuseOwn } from './own-objects.ts'
import { Refusal, refusal } from './refusal.ts'

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
  const { state, calls } = facts
  const gaps = commandGaps(action).map((gap) => ({ ...gap, severity: 'warning' as const }))
  const problems = [...(await findErrors(facts, action)), ...gaps, ...passedOver(facts, action)]
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

/** What the engine's own answers tell comes first; what only the model of all networks and containers tells comes last. */
async function findErrors({ calls, state }: PlanFacts, action: ManageAction): Promise<readonly FieldProblem[]> {
  const found: FieldProblem[] = []
  try {
    await refuseOwn(calls, action)
    await lookForImage(calls, action)
  } catch (error) {
    if (!(error instanceof Refusal) && statusOf(error) === null) throw error
    const message = error instanceof Refusal ? error.message : reasonOf(error)
    found.push(toError(fieldOf(action, message) ?? '', message))
  }
  const said = found[0]?.message
  if (state !== null) found.push(...findProblems(state, action).filter(({ message }) => message !== said))
  if (state === null || found.some(({ severity }) => severity === 'error')) return found
  const message = predictRefusal(state, action)
  return message === null ? found : [...found, toError(fieldOf(action, message) ?? '', message)]
}

/** The API passes over what it does not know (moby:docs/api/version-history.md, 1.44). */
function passedOver({ generation }: PlanFacts, action: ManageAction): readonly FieldProblem[] {
  if (generation === 0 || generation >= 25) return []
  return commandGaps(action).map(({ at }) => ({
    at,
    severity: 'warning',
    message: 'Docker before 25 takes no MAC address for a further network: it has no effect',
  }))
}

function toError(at: string, message: string): FieldProblem {
  return { at, severity: 'error', message }
}

/** Rejects as the engine does where an image is not there, or is held by a container. */
async function lookForImage(calls: DockerCalls, action: ManageAction): Promise<void> {
  if (action.kind === 'run-container') {
    const { image } = action.container
    await calls.inspectImage(image).catch((error: unknown) => {
      // 20.10 says it twice where it is asked like this.
      if (statusOf(error) === 404) throw refusal(`No such image: ${withTag(image)}`, 'container.image')
      throw error
    })
  }
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
