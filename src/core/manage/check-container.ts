import { joinedContainer } from '../host/joined-container.ts'
import type { Container } from '../host/container.ts'
import type { HostState } from '../host/host-state.ts'
import { nearestGeneration } from '../synth/from-api/plan-from-api.ts'
import { whileSettingUp } from '../synth/plan/words.ts'
import { parsePortSpec } from '../synth/scene/port-spec.ts'
import type { SceneEndpoint } from '../synth/scene/scene.ts'
import type { ContainerSpec } from './action.ts'
import { checkEndpoint } from './check-endpoint.ts'
import { checkPorts } from './check-ports.ts'
import { endsAtOnce } from './ends-at-once.ts'
import { error, warning } from './field-problem.ts'
import type { FieldProblem } from './plan.ts'

/**
 * Returns what stands against `docker run` on a host, field by field: what Docker would refuse, in its own words, and what
 * would work and surprise. Whether the image is there is not looked at. Paths are below the action: `container.ports[0]`.
 */
export function checkContainer(state: HostState, spec: ContainerSpec): readonly FieldProblem[] {
  const generation = nearestGeneration(state.engine.generation)
  const own = spec.networkMode === undefined ? (spec.networks ?? []) : []
  return [
    ...checkContainerName(state, spec.name, 'container.name'),
    ...checkMode(state, spec),
    ...own.flatMap((endpoint, index) => checkPlace(state, endpoint, `container.networks[${index}]`)),
    ...(spec.networkMode === undefined ? checkPorts(state, generation, spec.ports ?? [], spec.name) : []),
    ...checkPublishing(state, spec),
    ...(endsAtOnce(spec)
      ? [
          warning(
            'container.command',
            `${spec.image} runs a shell, which ends at once without a terminal: give it a command (sleep infinity)`,
          ),
        ]
      : []),
  ]
}

/** That a network is not there is found out when the container starts. */
function checkPlace(state: HostState, endpoint: SceneEndpoint, at: string): readonly FieldProblem[] {
  const generation = nearestGeneration(state.engine.generation)
  return checkEndpoint(state, endpoint, at).map((found) =>
    found.at === `${at}.network` ? { ...found, message: whileSettingUp(generation, found.message) } : found,
  )
}

/** Returns whether a name is in use, in Docker's words; `path` is where it was typed. */
export function checkContainerName(state: HostState, name: string, path: string, before = ''): readonly FieldProblem[] {
  const other = state.containers.find((one) => one.name === name)
  if (other === undefined) return []
  const words = `Conflict. The container name "/${name}" is already in use by container "${other.id}". You have to remove (or rename) that container to be able to reuse that name.`
  return [error(path, `${before}${words}`)]
}

/** moby:runconfig/hostconfig.go validateNetContainerMode. */
function checkMode(state: HostState, spec: ContainerSpec): readonly FieldProblem[] {
  const { containers } = state
  const { networkMode, ports = [], dns = [], extraHosts = [], exposes = [], hostname } = spec
  if ((networkMode === 'host' || networkMode === 'none') && ports.length > 0)
    return [
      networkMode === 'host'
        ? warning('container.ports', 'Published ports are discarded when using host network mode')
        : warning('container.ports', 'a container without a network publishes nothing'),
    ]
  const joined = joinedContainer(networkMode)
  if (joined === null) return []
  const other = containers.find(({ name, id }) => name === joined || id === joined)
  const conflicts = [
    [hostname !== undefined, 'hostname', 'hostname and the network mode'],
    [dns.length > 0, 'dns', 'dns and the network mode'],
    [extraHosts.length > 0, 'extraHosts', 'custom host-to-IP mapping and the network mode'],
    [ports.length > 0, 'ports', 'port publishing and the container type network mode'],
    [exposes.length > 0, 'exposes', 'port exposing and the container type network mode'],
  ] as const
  const found = conflicts.flatMap(([is, field, words]) =>
    is ? [error(`container.${field}`, `conflicting options: ${words}`)] : [],
  )
  if (other === undefined) return [...found, error('container.networkMode', `No such container: ${joined}`)]
  return other.pid === 0 ? [...found, error('container.networkMode', cannotJoin(state, other))] : found
}

function cannotJoin({ engine }: HostState, { id, name, state }: Container): string {
  return nearestGeneration(engine.generation) === 20
    ? `cannot join network of a non running container: ${id}`
    : `cannot join network namespace of a non running container: container ${name} is ${state}`
}

/** What Docker passes over without a word. */
function checkPublishing({ networks }: HostState, spec: ContainerSpec): readonly FieldProblem[] {
  const { ports = [], networkMode, listens } = spec
  if (ports.length === 0 || networkMode !== undefined) return []
  const names = (spec.networks ?? []).length === 0 ? ['bridge'] : (spec.networks ?? []).map(({ network }) => network)
  const own = networks.filter(({ name }) => names.includes(name))
  if (own.length === names.length && own.every(({ internal }) => internal))
    return [warning('container.ports', 'its networks are internal: no port is published')]
  if (own.length === names.length && own.every(({ driver }) => driver === 'macvlan' || driver === 'ipvlan'))
    return [
      warning('container.ports', 'macvlan and ipvlan networks publish no ports: the LAN reaches the container itself'),
    ]
  if (listens === undefined) return []
  const inside = new Set(listens.map((text) => text.replace(/^.*:(?=\d+\/)/, '')))
  return ports.flatMap((text, index) => {
    const deaf = (parsePortSpec(text) ?? []).find((one) => !inside.has(`${one.containerPort}/${one.protocol}`))
    return deaf === undefined
      ? []
      : [warning(`container.ports[${index}]`, `nothing listens on ${deaf.containerPort}/${deaf.protocol} inside`)]
  })
}
