import type { ContainerNames } from './name-containers.ts'
import type { NoteBook } from './notes.ts'
import type { ComposeService, Dependency } from './project.ts'

/** The services in an order in which compose may start them, and which of two must come first. */
export interface ServiceOrder {
  readonly services: readonly ComposeService[]
  /** Tells whether one waits for the other, by way of others too: otherwise compose starts them at the same time. */
  readonly isFixed: (one: string, other: string) => boolean
}

/**
 * Orders services by what they wait for; where nothing says so, as they are written. A circle is a problem of the notes
 * (compose-go:graph/cycle.go), and its services come last.
 */
export function orderServices(services: readonly ComposeService[], notes: NoteBook): ServiceOrder {
  const byName = new Map(services.map((service) => [service.name, service]))
  const ordered: ComposeService[] = []
  const before = new Map<string, ReadonlySet<string>>()
  let left = services
  while (left.length > 0) {
    const ready = left.filter(({ dependencies }) =>
      dependencies.every(({ service }) => before.has(service) || !byName.has(service)),
    )
    if (ready.length === 0) {
      reportCircle(left, byName, notes)
      ordered.push(...left)
      break
    }
    for (const service of ready) before.set(service.name, reach(service, before))
    ordered.push(...ready)
    left = left.filter((service) => !ready.includes(service))
  }
  const isFixed = (one: string, other: string): boolean =>
    before.get(one)?.has(other) === true || before.get(other)?.has(one) === true
  return { services: ordered, isFixed }
}

function reach(
  { dependencies }: ComposeService,
  before: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  return new Set(dependencies.flatMap(({ service }) => [service, ...(before.get(service) ?? [])]))
}

/** All that is left waits for something that is left, so following the first such dependency closes a circle. */
function reportCircle(
  left: readonly ComposeService[],
  byName: ReadonlyMap<string, ComposeService>,
  notes: NoteBook,
): void {
  const names = new Set(left.map(({ name }) => name))
  const next = (name: string): Dependency | undefined =>
    byName.get(name)?.dependencies.find(({ service }) => names.has(service))
  const trail: string[] = []
  let current = left[0]?.name ?? ''
  while (!trail.includes(current)) {
    trail.push(current)
    current = next(current)?.service ?? current
  }
  const circle = [...trail.slice(trail.indexOf(current)), current]
  const place = next(circle.at(-2) ?? current)?.place ?? left[0]?.place
  if (place !== undefined) notes.problem(`services wait for one another in a circle: ${circle.join(' -> ')}`, place)
}

/**
 * Returns the services with those that share the network of a container of this project by its name waiting for it.
 * Compose itself does not wait then, so whether it works is luck, and that is said.
 */
export function waitForSharers(
  services: readonly ComposeService[],
  containers: ContainerNames,
  notes: NoteBook,
): readonly ComposeService[] {
  return services.map((service) => {
    const { networkMode, dependencies, name } = service
    if (networkMode?.text.startsWith('container:') !== true) return service
    const shared = networkMode.text.slice('container:'.length)
    const owner = [...containers].find(([, names]) => names.includes(shared))?.[0]
    if (owner === undefined || owner === name || dependencies.some((one) => one.service === owner)) return service
    notes.warn(
      `compose does not wait for "${shared}" before it starts "${name}": depends_on: [${owner}] does`,
      networkMode.place,
    )
    const implied: Dependency = {
      service: owner,
      place: networkMode.place,
      condition: 'service_started',
      required: true,
    }
    return { ...service, dependencies: [...dependencies, implied] }
  })
}
