import type { Binding, Plan, PlannedContainer, PlannedEndpoint } from './plan.ts'

/** One thing that dockerd does to the rules for a running container: it attaches it, publishes its ports, links it. */
export interface Attachment {
  readonly what: 'endpoint' | 'ports' | 'links'
  readonly container: PlannedContainer
  readonly endpoint: PlannedEndpoint
}

/**
 * Returns what dockerd did for the containers that run, in the order in which it did it: as the scene's memory has it, then
 * what is new in the order of the lists. A container that is connected later comes after those that were started before,
 * and ports that move to another way out come last.
 */
export function listAttachments({ containers, scene }: Pick<Plan, 'containers' | 'scene'>): readonly Attachment[] {
  const all = containers.flatMap((container) =>
    container.endpoints
      .filter(({ network }) => network.driver === 'bridge')
      .flatMap((endpoint) => kindsOf(container, endpoint).map((what) => ({ what, container, endpoint }))),
  )
  const ranks = new Map((scene.memory?.order ?? []).map((key, rank) => [key, rank]))
  const rankOf = (one: Attachment): number => ranks.get(attachmentKey(one)) ?? ranks.size
  return [...all].sort((a, b) => rankOf(a) - rankOf(b))
}

/** Returns what stands for an attachment in the scene's memory. */
export function attachmentKey({ what, container, endpoint }: Attachment): string {
  const attached = `${container.scene.name} ${endpoint.network.name}`
  return what === 'endpoint' ? attached : `${attached} ${what}`
}

/** Returns the ports of a container that lead to one of its endpoints: to that of its way out, for each IP version. */
export function bindingsBehind(container: PlannedContainer, endpoint: PlannedEndpoint): readonly Binding[] {
  if (endpoint !== container.gateway && endpoint !== container.gatewaySix) return []
  return container.bindings.filter(({ address }) => address === endpoint.ipv4 || address === endpoint.ipv6)
}

function kindsOf(container: PlannedContainer, endpoint: PlannedEndpoint): readonly Attachment['what'][] {
  return [
    'endpoint',
    ...(bindingsBehind(container, endpoint).length > 0 ? (['ports'] as const) : []),
    ...((endpoint.asked.links ?? []).length > 0 ? (['links'] as const) : []),
  ]
}
