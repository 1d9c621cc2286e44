import { joinedContainer } from '../host/joined-container.ts'
import type { SceneContainer } from '../synth/scene/scene.ts'
import { makeEndpoints, type Surroundings } from './make-endpoints.ts'
import type { NoteBook } from './notes.ts'
import type { ComposeService, Placed } from './project.ts'
import { HostPorts } from './take-ports.ts'

/** Returns the containers of the services, in the order in which they start. */
export function makeContainers(
  services: readonly ComposeService[],
  around: Surroundings,
  notes: NoteBook,
): readonly SceneContainer[] {
  const ports = new HostPorts(notes)
  return services.flatMap((service) => {
    const isDone = services.some(({ dependencies }) =>
      dependencies.some((one) => one.service === service.name && one.condition === 'service_completed_successfully'),
    )
    if (isDone) notes.warn(`"${service.name}" is taken to have ended well: others start only then`, service.place)
    const listens = assumeListens(service, notes)
    return (around.containers.get(service.name) ?? []).map((name, index) => ({
      name,
      ...(service.image === null ? {} : { image: service.image }),
      ...(isDone ? { state: 'exited' as const } : {}),
      ...(service.hostname === null ? {} : { hostname: service.hostname }),
      ...place(service, index + 1, around, ports, notes),
      ...(service.exposes.length === 0 ? {} : { exposes: service.exposes }),
      ...(listens.length === 0 ? {} : { listens }),
      ...(service.dns.length === 0 ? {} : { dns: service.dns }),
      ...(service.dnsSearch.length === 0 ? {} : { dnsSearch: service.dnsSearch }),
      ...(service.extraHosts.length === 0 ? {} : { extraHosts: service.extraHosts }),
      labels: {
        ...service.labels,
        'com.docker.compose.project': around.project,
        'com.docker.compose.service': service.name,
        'com.docker.compose.container-number': String(index + 1),
      },
    }))
  })
}

/** What an image listens on is not in a compose file; its ports and `expose` are taken for it. */
function assumeListens(
  { name, place, ports, exposes, listens, networkMode }: ComposeService,
  notes: NoteBook,
): readonly string[] {
  if (listens !== null) return listens
  const assumed = [...new Set([...ports.map(({ target, protocol }) => `${target}/${protocol}`), ...exposes])]
  if (assumed.length > 0) {
    notes.warn(`"${name}" is assumed to listen on ${assumed.join(', ')} (its ports and expose)`, place)
    return assumed
  }
  const isShared = networkMode?.text.includes(':') === true
  const where = isShared
    ? 'x-hopwire: {listens: [80/tcp]} says it'
    : 'expose: ["80"] or x-hopwire: {listens: [80/tcp]} says it'
  notes.warn(`what "${name}" listens on is not known, so nothing is assumed: ${where}`, place)
  return []
}

type Where = Pick<SceneContainer, 'networkMode' | 'networks' | 'ports'>

function place(
  service: ComposeService,
  number: number,
  around: Surroundings,
  ports: HostPorts,
  notes: NoteBook,
): Where {
  const mode = service.networkMode
  if (mode === null) {
    return { networks: makeEndpoints(service, number, around, notes), ...withPorts(ports.take(service)) }
  }
  if (mode.text === 'host' || mode.text === 'none') return bare(service, mode.text, notes)
  if (mode.text === 'default') return withPorts(ports.take(service))
  if (mode.text === 'bridge') return { networks: [{ network: 'bridge' }], ...withPorts(ports.take(service)) }
  const shared = sharedWith(mode, around, notes)
  if (shared === null) {
    if (!around.shapes.has(mode.text)) notes.problem(`there is no network "${mode.text}"`, mode.place)
    return { networks: [{ network: mode.text }], ...withPorts(ports.take(service)) }
  }
  checkShared(service, mode, around, notes)
  return { networkMode: `container:${shared}` }
}

function withPorts(ports: readonly string[]): Where {
  return ports.length === 0 ? {} : { ports }
}

function bare(service: ComposeService, mode: 'host' | 'none', notes: NoteBook): Where {
  const [first] = service.ports
  if (first !== undefined)
    notes.warn(`"${service.name}" is in network mode ${mode}: Docker does not publish its ports`, first.place)
  return { networkMode: mode }
}

/** Returns the container whose network is shared; null for a mode that is the name of a network. */
function sharedWith({ text, place: at }: Placed, { containers, known }: Surroundings, notes: NoteBook): string | null {
  const joined = joinedContainer(text)
  if (joined !== null) {
    if (!known.has(joined)) notes.problem(`there is no container "${joined}" whose network could be shared`, at)
    return joined
  }
  if (!text.startsWith('service:')) return null
  const service = text.slice('service:'.length)
  const first = containers.get(service)?.[0]
  // A service that is not there is a dependency that is not there, which was said.
  if (first === undefined && containers.has(service))
    notes.problem(`service "${service}" has no container whose network could be shared`, at)
  return first ?? service
}

/** What Docker refuses next to a shared network (moby:daemon/pkg/opts, runconfig/hostconfig_unix.go validateNetContainerMode). */
function checkShared(service: ComposeService, mode: Placed, { generation }: Surroundings, notes: NoteBook): void {
  const asked: readonly (readonly [string, boolean])[] = [
    ['ports', service.ports.length > 0],
    ['expose', service.exposes.length > 0],
    ['links', service.links.length + service.externalLinks.length > 0],
    ['dns', service.dns.length > 0],
    ['extra_hosts', service.extraHosts.length > 0],
    ['hostname', service.hostname !== null],
    // Compose gives it to the network of the container since API 1.44, and here there is none.
    ['mac_address', service.mac !== null && generation === 20],
  ]
  const refused = asked.filter(([, isThere]) => isThere).map(([key]) => key)
  if (refused.length > 0)
    notes.problem(
      `Docker refuses ${refused.join(', ')} of "${service.name}" next to network_mode ${mode.text}`,
      mode.place,
    )
}
