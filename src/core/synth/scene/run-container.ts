import { joinedContainer } from '../../host/joined-container.ts'
import type { Refusal } from '../address/refusal.ts'
import { planScene } from '../plan/plan-scene.ts'
import { freeBirthName } from './container-id.ts'
import { rememberMode } from './edit-memory.ts'
import { findCreateProblem, findFirstStartProblem, findModeProblem, nameTaken } from './edit-words.ts'
import { endpointsOf, findContainer } from './find-in-scene.ts'
import type { Scene, SceneContainer, SceneMemory } from './scene.ts'
import { type EditedScene, refuse, remembered } from './settle-scene.ts'
import { listJoined, markJoined } from './tried-networks.ts'

/**
 * `docker run`: the container is created, then started. What is refused at the start leaves it created (moby:daemon/start.go
 * containerStart cleans up what was set up, and that alone).
 */
export function runContainer(scene: Scene, container: SceneContainer): EditedScene {
  if (findContainer(scene, container.name) !== undefined) return refuse(nameTaken(scene, container.name))
  const conflict = findCreateProblem(container)
  if (conflict !== null) return refuse(conflict)
  const before = withBirth(scene, container.name)
  const asked = findModeProblem(scene, container)
  if (asked !== null) return asked.atCreate ? refuse(asked.message) : leave(before, container, asked.message, [])
  const problem = findFirstStartProblem(scene, container)
  if (problem !== null) return problem.first ? leave(before, container, problem.message, []) : refuse(problem.message)
  const whole: Scene = { ...before, containers: [...scene.containers, container] }
  const { memory, refusals } = planScene(whole)
  const [refusal] = refusals
  if (refusal === undefined) return { ok: true, scene: { ...whole, memory } }
  const found = isAtStart(refusal, scene.containers.length) ? networksFound(refusal, container) : null
  return found === null ? refuse(refusal.message) : leave(before, container, refusal.message, found)
}

function withBirth(scene: Scene, name: string): Scene & { readonly memory: SceneMemory } {
  const before = remembered(scene)
  const birth = freeBirthName(scene, name)
  if (birth === name) return before
  return { ...before, memory: { ...before.memory, born: { ...before.memory.born, [name]: birth } } }
}

/** Further networks are connected by commands of their own. */
function isAtStart({ path, atCreate }: Refusal, index: number): boolean {
  return atCreate !== true && (path === `containers[${index}].ports` || path === `containers[${index}].networks[0]`)
}

/** Ports come last: the network was joined by then, and its id is noted. */
function networksFound({ path }: Refusal, container: SceneContainer): readonly string[] {
  const [first] = endpointsOf(container)
  return first === undefined ? [] : [path.endsWith('.ports') ? markJoined(first.network) : first.network]
}

function leave(scene: Scene, container: SceneContainer, message: string, found: readonly string[]): EditedScene {
  const { networks, ...rest } = container
  const first = networks === undefined ? {} : { networks: networks.slice(0, 1) }
  const created: SceneContainer = { ...rest, ...first, state: 'created' }
  // 20.10 binds the ports before it makes the device, later ones have put that on the bridge by then.
  const wired = scene.engine.generation === 20 ? [] : listJoined(found)
  const memory = {
    ...scene.memory,
    tried: { ...scene.memory?.tried, [container.name]: found },
    wired: [...(scene.memory?.wired ?? []), ...wired],
  }
  const joined = joinedContainer(container.networkMode)
  // Docker turns the name of a container whose network is joined into an id where it knows one.
  const isByName = joined !== null && findContainer(scene, joined) === undefined
  const left: Scene = {
    ...scene,
    memory: isByName ? rememberMode(scene, memory, container) : memory,
    containers: [...scene.containers, created],
  }
  return { ...refuse(message), left: { ...left, memory: planScene(left).memory } }
}
