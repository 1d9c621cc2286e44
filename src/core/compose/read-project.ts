import { child, type ComposeNode, type MapNode, scalarNode } from './node.ts'
import type { NoteBook } from './notes.ts'
import type { ComposeNetwork, ComposeProject, ComposeService } from './project.ts'
import { readNetwork } from './read-network.ts'
import { checkKeys, readEntries, readText } from './read-node.ts'
import { readService } from './read-service.ts'

const SECTIONS = ['version', 'name', 'include', 'services', 'models', 'networks', 'volumes', 'secrets', 'configs']
const SERVICE_NAME = /^[a-zA-Z0-9._-]+$/

/**
 * Returns the project that a merged model describes: its services of the profiles that are asked for, those of no profile,
 * and the networks, `default` among them where some service is in it (compose-go:loader/normalize.go).
 */
export function readProject(
  name: string,
  model: MapNode,
  profiles: readonly string[],
  notes: NoteBook,
): ComposeProject {
  checkKeys(model, SECTIONS, 'a compose file', notes)
  readText(child(model, 'name'), 'name', notes)
  readText(child(model, 'version'), 'version', notes)
  for (const key of ['version', 'volumes', 'secrets', 'configs', 'models']) {
    const entry = model.entries.get(key)
    if (entry !== undefined) notes.leaveOut(key, entry.place)
  }
  const { services: all, skipped } = readServices(model, profiles, notes)
  const services = all.map((service) => {
    if (service.networkMode !== null || service.networks.length > 0) return service
    return { ...service, networks: [{ ...DEFAULT, place: service.place }] }
  })
  if (all.length === 0 && skipped.length > 0)
    notes.problem(`every service has a profile, and none of them is asked for: ${skipped.join(', ')}`, model.place)
  else if (all.length === 0 && notes.problems.length === 0) notes.problem('there are no services in it', model.place)
  checkDependencies(services, skipped, notes)
  return { name, place: model.place, services, networks: readNetworks(name, model, services, notes) }
}

const DEFAULT = {
  network: 'default',
  aliases: [],
  ipv4: null,
  ipv6: null,
  mac: null,
  priority: 0,
  gatewayPriority: 0,
} as const

interface Services {
  readonly services: readonly ComposeService[]
  /** Names of those whose profiles are not asked for. */
  readonly skipped: readonly string[]
}

function readServices(model: MapNode, profiles: readonly string[], notes: NoteBook): Services {
  const services: ComposeService[] = []
  const skipped: string[] = []
  for (const [name, { place, value }] of readEntries(child(model, 'services'), 'services', notes)) {
    if (!SERVICE_NAME.test(name)) notes.problem(`"${name}" is no name of a service (letters, digits, . _ -)`, place)
    const service = readService(name, value, place, notes)
    if (service === null) continue
    const isAsked = profiles.includes('*') || service.profiles.some((profile) => profiles.includes(profile))
    if (service.profiles.length === 0 || isAsked) services.push(service)
    else {
      skipped.push(name)
      const [first = ''] = service.profiles
      const named = service.profiles.join(', ')
      notes.warn(
        `"${name}" is left out: its profile (${named}) is not asked for; COMPOSE_PROFILES=${first} does`,
        place,
      )
    }
  }
  return { services, skipped }
}

function checkDependencies(services: readonly ComposeService[], skipped: readonly string[], notes: NoteBook): void {
  const names = new Set(services.map(({ name }) => name))
  for (const { name, dependencies } of services) {
    for (const { service, place, required } of dependencies) {
      if (names.has(service) || (skipped.includes(service) && !required)) continue
      const why = skipped.includes(service) ? 'its profile is not asked for' : 'there is no such service'
      notes.problem(`service "${name}" needs "${service}": ${why}`, place)
    }
  }
}

/** Networks that no service is in are not created. */
function readNetworks(
  project: string,
  model: MapNode,
  services: readonly ComposeService[],
  notes: NoteBook,
): readonly ComposeNetwork[] {
  const written = readEntries(child(model, 'networks'), 'networks', notes)
  const used = new Set(services.flatMap(({ networks }) => networks.map(({ network }) => network)))
  const known = new Set(['default', ...written.map(([key]) => key)])
  for (const { name, networks } of services)
    for (const { network, place } of networks)
      if (!known.has(network))
        notes.problem(`service "${name}" is in network "${network}", which is not under networks:`, place)
  const isWritten = written.some(([key]) => key === 'default')
  const nothing: ComposeNode = scalarNode(null, model.place)
  const implied =
    used.has('default') && !isWritten ? [readNetwork('default', nothing, model.place, project, notes)] : []
  const described = written.map(([key, { place, value }]) => readNetwork(key, value, place, project, notes))
  for (const { key, place } of described)
    if (!used.has(key)) notes.leaveOut(`networks.${key}: no service is in it, so compose does not create it`, place)
  return [...implied, ...described.filter(({ key }) => used.has(key))]
}
