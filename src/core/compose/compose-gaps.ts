import type { Gap } from '../host/host-state.ts'
import type { Scene, SceneContainer } from '../synth/scene/scene.ts'
import { type ComposeNote, formatNote } from './notes.ts'
import type { ComposeService } from './project.ts'

/**
 * Returns what a host made of a compose file does not know: which sockets its programs open (what is assumed to listen does,
 * of anything else a trace cannot tell), and, for the whole host, every warning of the opening.
 */
export function composeGaps(
  scene: Scene,
  services: readonly ComposeService[],
  warnings: readonly ComposeNote[],
): readonly Gap[] {
  const said = new Set(services.filter(({ listens }) => listens !== null).map(({ name }) => name))
  const sockets = scene.containers.flatMap((container): readonly Gap[] => {
    const service = container.labels?.['com.docker.compose.service']
    if (service === undefined || said.has(service) || container.state === 'exited') return []
    const why = `what "${service}" listens on is not in its compose file; expose: or x-hopwire: {listens: [80/tcp]} says it`
    return [{ namespace: namespaceOf(container), what: 'sockets', why }]
  })
  return [...sockets, ...warnings.map((note) => ({ namespace: null, what: 'assumed', why: formatNote(note) }))]
}

/** A namespace is called as core/synth calls it: of a shared one, as its owner's. */
function namespaceOf({ name, networkMode }: SceneContainer): string {
  if (networkMode === 'host') return 'host'
  return networkMode?.startsWith('container:') === true ? networkMode : `container:${name}`
}
