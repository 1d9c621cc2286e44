import { restartContainer, setContainerState } from '../synth/scene/edit-scene.ts'
import type { EditedScene } from '../synth/scene/settle-scene.ts'
import { containerId } from '../synth/scene/container-id.ts'
import type { Scene, SceneContainer } from '../synth/scene/scene.ts'
import type { ContainerVerb } from './action.ts'
import { endsAtOnce } from './ends-at-once.ts'

/**
 * Returns the scene after `docker start`, `stop`, `restart`, `pause` or `unpause`, or the refusal (moby:daemon/start.go,
 * pause.go, unpause.go). Starting what runs and stopping what does not is no error there, and changes nothing. With `any`
 * image what a container runs is not known: it is taken to stay.
 */
export function applyVerb(
  scene: Scene,
  verb: ContainerVerb,
  name: string,
  images: 'catalogue' | 'any' = 'catalogue',
): EditedScene {
  const container = scene.containers.find((one) => one.name === name)
  if (container === undefined) return refuse(`No such container: ${name}`)
  const { state = 'running' } = container
  const id = containerId(scene, name)
  const word = scene.engine.generation === 20 ? 'Container' : 'container'
  switch (verb) {
    case 'start':
      if (state === 'paused') return refuse('cannot start a paused container, try unpause instead')
      return state === 'running' ? same(scene) : setContainerState(scene, name, startsAs(container, images))
    case 'stop':
      return state === 'running' || state === 'paused' ? setContainerState(scene, name, 'exited') : same(scene)
    case 'restart':
      return restartContainer(scene, name, startsAs(container, images))
    case 'pause':
      if (state === 'running') return setContainerState(scene, name, 'paused')
      return refuse(state === 'paused' ? `Container ${id} is already paused` : `${word} ${id} is not running`)
    case 'unpause':
      return state === 'paused' ? setContainerState(scene, name, 'running') : refuse(`Container ${id} is not paused`)
    default:
      return verb satisfies never
  }
}

function startsAs(container: SceneContainer, images: 'catalogue' | 'any'): 'running' | 'exited' {
  return images === 'catalogue' && endsAtOnce(container) ? 'exited' : 'running'
}

function same(scene: Scene): EditedScene {
  return { ok: true, scene }
}

function refuse(message: string): EditedScene {
  return { ok: false, message }
}
