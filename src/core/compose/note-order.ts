import type { Generation } from '../synth/scene/scene.ts'
import type { NoteBook } from './notes.ts'
import type { ServiceOrder } from './order-services.ts'
import type { ComposeProject, ComposeService } from './project.ts'

/**
 * Says where addresses depend on an order that compose does not fix: it creates and starts services at the same time
 * unless one waits for the other, and Docker gives the next free address to whoever comes first.
 */
export function noteOrder(project: ComposeProject, order: ServiceOrder, generation: Generation, notes: NoteBook): void {
  noteAddresses(project, order, notes)
  if (generation === 20) return
  for (const { name, networks, place } of order.services) {
    if (networks.length < 2) continue
    notes.warn(
      `Docker ${generation} gives "${name}" eth0, eth1 ... in its networks in no fixed order: here the way out is eth0`,
      place,
    )
  }
}

function noteAddresses({ networks }: ComposeProject, { services, isFixed }: ServiceOrder, notes: NoteBook): void {
  for (const { key, place, name } of networks) {
    const free = services.filter((service) => hasFreeAddress(service, key))
    const racing = free.filter(
      (one) => one.scale > 1 || free.some((other) => other !== one && !isFixed(one.name, other.name)),
    )
    const [first] = racing
    if (first === undefined) continue
    const list = racing.map((service) => service.name).join(', ')
    const what = racing.length === 1 ? `the ${first.scale} containers of ${list}` : list
    notes.warn(
      `${what} start in no fixed order, so which gets which address of ${name} is not fixed: here as written ` +
        '(depends_on or ipv4_address fixes it)',
      place,
    )
  }
}

function hasFreeAddress({ networks, scale }: ComposeService, key: string): boolean {
  return scale > 0 && networks.some(({ network, ipv4 }) => network === key && ipv4 === null)
}
