import { joinedContainer } from '../../host/joined-container.ts'
import type { Report } from '../../host/shape.ts'
import type { Scene, SceneContainer } from './scene.ts'

/** The networks that every engine has. */
export const PREDEFINED = ['bridge', 'host', 'none'] as const

/** Reports names that are there twice, and references to what is not there. */
export function checkReferences(scene: Scene, report: Report): void {
  const networks = new Set<string>(PREDEFINED)
  scene.networks.forEach(({ name }, index) => {
    if (networks.has(name)) report(`networks[${index}].name`, `there is another network named "${name}"`)
    networks.add(name)
  })
  const containers = new Set<string>()
  scene.containers.forEach((container, index) => {
    const path = `containers[${index}]`
    if (containers.has(container.name)) report(`${path}.name`, `there is another container named "${container.name}"`)
    containers.add(container.name)
    const tried = isTried(scene, container)
    if (!tried || !asksOfMode(container)) checkAttachments(container, tried ? null : networks, path, report)
  })
  scene.containers.forEach((container, index) => {
    const { name, networkMode } = container
    const shared = joinedContainer(networkMode)
    const path = `containers[${index}].networkMode`
    const isGone = networkMode !== undefined && scene.memory?.gone?.[name]?.includes(networkMode) === true
    if (shared !== null && !containers.has(shared) && !isGone && !isTried(scene, container))
      report(path, `there is no container "${shared}"`)
    if (shared === name) report(path, 'a container cannot join its own network')
  })
}

/** What could not be started may refer to what is not there: that can be why. */
function isTried({ memory }: Scene, { name, state }: SceneContainer): boolean {
  return state === 'created' && memory?.tried?.[name] !== undefined
}

/** That it asked for something of `host` or `none` can be why, too. */
function asksOfMode({ networkMode, networks = [] }: SceneContainer): boolean {
  return networks.length === 1 && networks[0]?.network === networkMode
}

function checkAttachments(
  container: SceneContainer,
  networks: ReadonlySet<string> | null,
  path: string,
  report: Report,
): void {
  const endpoints = container.networks ?? []
  if (container.networkMode !== undefined && endpoints.length > 0)
    report(`${path}.networks`, `a container in network mode "${container.networkMode}" has no networks of its own`)
  endpoints.forEach(({ network }, index) => {
    const at = `${path}.networks[${index}].network`
    if (networks?.has(network) === false) report(at, `there is no network "${network}"`)
    else if (network === 'host' || network === 'none') report(at, `"${network}" is a networkMode`)
    else if (endpoints.findIndex((other) => other.network === network) !== index)
      report(at, `the container is in network "${network}" already`)
  })
}
