import { planScene } from '../synth/plan/plan-scene.ts'
import type { Scene } from '../synth/scene/scene.ts'
import type { Place } from './node.ts'
import type { NoteBook } from './notes.ts'
import type { ComposeProject, ComposeService } from './project.ts'

/**
 * Makes a problem of each thing that Docker would refuse while compose brings the project up (a port that is taken, an address
 * of no subnet, networks that overlap), in Docker's own words, at the place in the files that it is about.
 */
export function checkRefusals(scene: Scene, project: ComposeProject, notes: NoteBook): void {
  if (notes.problems.length > 0) return
  for (const { path, message } of planScene(scene).refusals) {
    // The ids of what is still to be made are nobody's, and some of Docker's sentences are lists.
    const words = message.replaceAll(/ \([0-9a-f]{64}\)/g, '').replaceAll('\n', ' ')
    notes.problem(`Docker would refuse it: ${words}`, placeOf(path, message, scene, project))
  }
}

function placeOf(path: string, message: string, scene: Scene, project: ComposeProject): Place {
  const [, list, index, field, at] =
    /^(networks|containers)\[(\d+)\](?:\.(networks|ports)(?:\[(\d+)\])?)?$/.exec(path) ?? []
  if (list === 'networks') {
    const { name } = scene.networks[Number(index)] ?? {}
    return project.networks.find((network) => network.name === name)?.place ?? project.place
  }
  const container = scene.containers[Number(index ?? -1)]
  const service = project.services.find(({ name }) => name === container?.labels?.['com.docker.compose.service'])
  if (service === undefined) return project.place
  const attached = field === 'networks' ? container?.networks?.[Number(at)]?.network : undefined
  const found = attached === undefined ? placeOfPort(service, message) : placeOfNetwork(service, attached, project)
  return found ?? service.place
}

/** Docker names the port, whatever else it says: `0.0.0.0:8080 failed`, `tcp4 0.0.0.0:8080: bind`, `[::]:8080:80/tcp`. */
function placeOfPort({ ports }: ComposeService, message: string): Place | undefined {
  const numbers = new Set([...message.matchAll(/[\d.:\]]:(\d+)\b/g)].map(([, number]) => Number(number)))
  const named = ports.find(({ published }) => published !== null && numbers.has(published.from))
  return (named ?? ports[0])?.place
}

function placeOfNetwork({ networks }: ComposeService, name: string, project: ComposeProject): Place | undefined {
  const key = project.networks.find((network) => network.name === name)?.key
  return networks.find(({ network }) => network === key)?.place
}
