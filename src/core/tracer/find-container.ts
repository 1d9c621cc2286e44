import { whyContainerUnread } from '../host/container-gap.ts'
import type { Container } from '../host/container.ts'
import { closestNames } from './closest-names.ts'
import { type Found, found, problem } from './flow-problem.ts'
import type { PreparedHost, PreparedNamespace } from './prepare-host.ts'

/** The shortest prefix of an id that counts: shorter ones are names. */
const SHORTEST_ID = 4

/**
 * Returns the container of a name, of a compose service where one project has it (its first one, as `docker compose exec`
 * takes), of an id or its unambiguous prefix (four hex digits or more), or null.
 */
export function findContainer(host: PreparedHost, name: string): Container | null {
  const byName = host.containers.get(name) ?? host.containers.get(name.replace(/^\//, '')) ?? findService(host, name)
  if (byName !== undefined) return byName
  if (name.length < SHORTEST_ID || !/^[0-9a-f]+$/.test(name)) return null
  const byId = host.state.containers.filter((container) => container.id.startsWith(name))
  return byId.length === 1 ? (byId[0] ?? null) : null
}

/** Labels that compose gives its containers. */
const LABEL = 'com.docker.compose'

function findService({ state }: PreparedHost, name: string): Container | undefined {
  const own = state.containers.filter(({ labels }) => labels[`${LABEL}.service`] === name)
  const project = own[0]?.labels[`${LABEL}.project`]
  if (own.some(({ labels }) => labels[`${LABEL}.project`] !== project)) return undefined
  const number = ({ labels }: Container): number => Number(labels[`${LABEL}.container-number`] ?? 0)
  return [...own].sort((a, b) => number(a) - number(b))[0]
}

/** Returns the namespace that a container lives in, or the problem: it is not running, or was not read. */
export function namespaceOf(host: PreparedHost, container: Container): Found<PreparedNamespace> {
  const ns = container.namespace === null ? null : host.namespace(container.namespace)
  if (ns !== null) return found(ns)
  const { name, state } = container
  if (state !== 'running' && state !== 'paused')
    return problem(
      'unknown-endpoint',
      `container "${name}" is not running (${state}): it has no network`,
      `start it with: docker start ${name}`,
    )
  const why = whyContainerUnread(host.state.gaps, name)
  return problem(
    'unknown-endpoint',
    `the network namespace of container "${name}" was not read${why === null ? '' : `: ${why}`}`,
    'read the host again',
  )
}

/** Returns the problem of a name that is no container: it names the nearest ones. */
export function unknownContainer(host: PreparedHost, name: string): Found<never> {
  const names = host.state.containers.map((container) => container.name)
  const near = closestNames(name, names)
  const hint =
    near.length > 0
      ? `did you mean ${near.join(' or ')}?`
      : names.length === 0
        ? 'the host has no containers; host, external and addresses can be traced, too'
        : `there are: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', ...' : ''}`
  return problem('unknown-endpoint', `there is no container "${name}"`, hint)
}
