import { type Granted, granted } from '../address/refusal.ts'
import type { PortSpec } from '../scene/port-spec.ts'
import { parsePortSpec } from '../scene/port-spec.ts'
import type { SceneContainer } from '../scene/scene.ts'
import type { ContainerPlanner } from './plan-containers.ts'
import { aboutPorts } from './words.ts'
import type { Binding, PlannedEndpoint } from './plan.ts'

/**
 * Plans what `-p` gives on the endpoint that leads outside, in the order in which Docker programs it. An address that was
 * not named stands for all of both IP versions; host IPv6 reaches a container without IPv6 through the proxy alone
 * (20.10: libnetwork/drivers/bridge/port_mapping.go; later: port_mapping_linux.go addPortMappings).
 */
export function planBindings(
  planner: ContainerPlanner,
  scene: SceneContainer,
  { gateway, gatewaySix }: { readonly gateway: PlannedEndpoint; readonly gatewaySix: PlannedEndpoint | null },
  refuse: (message: string) => void,
): readonly Binding[] {
  if (gateway.network.driver !== 'bridge') return []
  const specs = (scene.ports ?? []).flatMap((text) => parsePortSpec(text) ?? [])
  const sorted = planner.scene.engine.generation === 20 ? sortOld(specs) : [...specs].sort(compareNew)
  const kept = planner.scene.memory?.ports?.[scene.name] ?? []
  return sorted.flatMap((spec, index) => {
    const wanted = [bindFour(spec, gateway), bindSix(planner, spec, gatewaySix ?? gateway, gateway)].filter(
      (one) => one !== null,
    )
    const bound = wanted.filter(({ routed }) => !routed)
    const taken = takePorts(planner, spec, bound, kept[index] ?? 0)
    if (!taken.ok) {
      refuse(aboutPorts(planner.scene.engine.generation, scene.name, gateway.network.name, taken.message))
      return []
    }
    return wanted.map(({ hostAddress, address, routed }) => ({
      protocol: spec.protocol,
      hostAddress,
      hostPort: routed ? 0 : taken.value,
      address,
      port: spec.containerPort,
    }))
  })
}

/** Where nothing is bound there is nothing to take; a port of Docker's choice is kept. */
function takePorts(planner: ContainerPlanner, spec: PortSpec, bound: readonly Wanted[], kept: number): Granted<number> {
  if (bound.length === 0) return granted(0)
  const addresses = bound.map(({ hostAddress, address }) => ({ host: hostAddress, container: address }))
  const { protocol, hostPort, containerPort } = spec
  const again =
    hostPort === 0 && kept !== 0 ? planner.ports.take({ protocol, addresses, hostPort: kept, containerPort }) : null
  if (again?.ok === true) return again
  return planner.ports.take({ protocol, addresses, hostPort, containerPort })
}

interface Wanted {
  readonly hostAddress: string
  readonly address: string
  readonly routed: boolean
}

function bindFour(spec: PortSpec, { network, ipv4 }: PlannedEndpoint): Wanted | null {
  if (ipv4 === null || spec.hostAddress?.includes(':')) return null
  const fallback = network.bindTo ?? '0.0.0.0'
  if (spec.hostAddress === null && fallback.includes(':')) return null
  const routed = network.ipv4?.mode === 'routed'
  return { hostAddress: routed ? '0.0.0.0' : (spec.hostAddress ?? fallback), address: ipv4, routed }
}

function bindSix(
  planner: ContainerPlanner,
  spec: PortSpec,
  { network, ipv6 }: PlannedEndpoint,
  { ipv4 }: PlannedEndpoint,
): Wanted | null {
  const address = ipv6 ?? (planner.daemon.userlandProxy ? ipv4 : null)
  if (address === null || (spec.hostAddress !== null && !spec.hostAddress.includes(':'))) return null
  const fallback = network.bindTo ?? '::'
  if (spec.hostAddress === null && !fallback.includes(':')) return null
  const routed = network.ipv6?.mode === 'routed'
  return { hostAddress: routed ? '::' : (spec.hostAddress ?? fallback), address, routed }
}

/** go-connections nat.SortPortMap: larger host port, then larger container port first; TCP before the others. */
function sortOld(specs: readonly PortSpec[]): readonly PortSpec[] {
  const sorted = [...specs]
  const before = (a: PortSpec, b: PortSpec): boolean =>
    a.hostPort > b.hostPort ||
    a.containerPort > b.containerPort ||
    (a.containerPort === b.containerPort && a.protocol === 'tcp')
  // The order is none (a port can be larger in one way and smaller in the other), so it takes Go's very insertion sort.
  for (let end = 1; end < sorted.length; end++) {
    for (let at = end; at > 0; at--) {
      const [left, right] = [sorted[at - 1], sorted[at]]
      if (left === undefined || right === undefined || !before(right, left)) break
      sorted[at - 1] = right
      sorted[at] = left
    }
  }
  return sorted
}

const PROTOCOL_ORDER = ['tcp', 'udp', 'sctp'] as const

/** moby:libnetwork/drivers/bridge/port_mapping_linux.go cmpPortBinding. */
function compareNew(a: PortSpec, b: PortSpec): number {
  return (
    Number(a.hostPort === 0) - Number(b.hostPort === 0) ||
    a.containerPort - b.containerPort ||
    PROTOCOL_ORDER.indexOf(a.protocol) - PROTOCOL_ORDER.indexOf(b.protocol) ||
    a.hostPort - b.hostPort ||
    (a.hostAddress ?? '').localeCompare(b.hostAddress ?? '')
  )
}
