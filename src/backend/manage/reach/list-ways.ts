import { joinedContainer } from '../../../core/host/joined-container.ts'
import type { Container, PublishedPort } from '../../../core/host/container.ts'
import type { HostState } from '../../../core/host/host-state.ts'
import type { Scene, SceneContainer } from '../../../core/synth/scene/scene.ts'
import { parseListen, parsePortSpec } from '../../../core/synth/scene/port-spec.ts'
import type { Flow } from '../../../core/trace/flow.ts'

/** A host and the scene that it was made of. */
export interface Side {
  readonly scene: Scene
  readonly state: HostState
}

/** One way from somebody to somebody. `key` is the same before and after a change. */
export interface Way {
  readonly key: string
  readonly from: string
  readonly to: string
  readonly flow: Flow
  /** The containers that have a part in it. */
  readonly parts: readonly string[]
}

/** Ports of one container that are looked at; it has hardly ever more. */
const MOST_PORTS = 6

/** A machine of the Internet, in a range that is kept for documentation; the other one is for hosts that live in the first. */
const OUTSIDE = ['198.51.100.10', '203.0.113.10'] as const

/** Returns the ways that there are on a host: between containers, to the outside, from the host, to published ports. */
export function listWays(side: Side): readonly Way[] {
  const senders = side.state.containers.filter((one) => isSender(side.scene, one))
  return senders.flatMap((container) => [
    ...senders.filter((other) => other !== container).flatMap((other) => waysTo(side, container, other)),
    wayOut(side, container),
    ...waysFromHost(side, container),
    ...waysFromOutside(side, container),
  ])
}

/** Whoever shares a namespace has the ways of its owner; the host's own are the host's. */
function isSender(scene: Scene, { name, pid, networkMode }: Container): boolean {
  const shown = scene.containers.find((one) => one.name === name)
  return shown !== undefined && pid !== 0 && networkMode !== 'host' && joinedContainer(networkMode) === null
}

function waysTo(side: Side, from: Container, to: Container): readonly Way[] {
  const end = endOf(from, to)
  if (end === null) return []
  return pointsOf(side.scene, to).map(({ protocol, port }) => ({
    key: `${from.id} ${to.id} ${protocol} ${port ?? ''}`,
    from: from.name,
    to: port === null ? to.name : `${to.name}:${port}`,
    flow: flowTo(from.name, end, protocol, port),
    parts: [from.name, to.name],
  }))
}

/** By name where Docker's resolver answers for it, else by the address that is nearest. Null for one without any. */
function endOf(from: Container, to: Container): string | null {
  const shared = to.endpoints.find(({ network }) => from.endpoints.some((one) => one.network === network))
  if (shared !== undefined && shared.networkName !== 'bridge') return to.name
  const any = shared ?? to.endpoints.find(({ ipv4, ipv6 }) => ipv4 !== null || ipv6 !== null)
  return any?.ipv4 ?? any?.ipv6 ?? null
}

interface Point {
  readonly protocol: Flow['protocol']
  readonly port: number | null
}

/** Where one asks somebody: the echo, and each port that listens, is exposed or published. */
function pointsOf(scene: Scene, { name }: Container): readonly Point[] {
  const shown = scene.containers.find((one) => one.name === name)
  const ports = shown === undefined ? [] : portsOf(shown)
  return [{ protocol: 'icmp', port: null }, ...ports.slice(0, MOST_PORTS)]
}

function portsOf({ listens = [], exposes = [], ports = [] }: SceneContainer): readonly Point[] {
  const found = [
    ...listens.flatMap((text) => parseListen(text) ?? []).filter(({ address }) => address !== '127.0.0.1'),
    ...exposes.flatMap((text) => parseListen(text) ?? []),
    ...ports.flatMap((text) => parsePortSpec(text) ?? []).map((spec) => ({ ...spec, port: spec.containerPort })),
  ]
  const points = found.flatMap(({ protocol, port }) => (protocol === 'sctp' ? [] : [{ protocol, port }]))
  return [...new Map(points.map((point) => [`${point.protocol} ${point.port}`, point])).values()]
}

function wayOut({ scene }: Side, { id, name }: Container): Way {
  const own = scene.host.nics.flatMap(({ addresses }) => addresses)
  const to = OUTSIDE.find((address) => !own.some((one) => one.startsWith(address.slice(0, -2)))) ?? OUTSIDE[0]
  return {
    key: `${id} internet`,
    from: name,
    to: 'the Internet',
    flow: { from: name, to, protocol: 'icmp' },
    parts: [name],
  }
}

function waysFromHost(side: Side, container: Container): readonly Way[] {
  const [endpoint] = container.endpoints.filter(({ ipv4, ipv6 }) => ipv4 !== null || ipv6 !== null)
  const end = endpoint?.ipv4 ?? endpoint?.ipv6 ?? null
  if (end === null) return []
  return pointsOf(side.scene, container).map(({ protocol, port }) => ({
    key: `host ${container.id} ${protocol} ${port ?? ''}`,
    from: 'host',
    to: port === null ? container.name : `${container.name}:${port}`,
    flow: flowTo('host', end, protocol, port),
    parts: [container.name],
  }))
}

/** From outside to the card's address; what is bound to the loopback device is for the host alone. */
function waysFromOutside(side: Side, container: Container): readonly Way[] {
  const card = side.scene.host.nics.flatMap(({ addresses }) => addresses).find((one) => !one.includes(':'))
  return container.published.flatMap((port) => {
    const where = addressFor(port, card?.split('/')[0] ?? null)
    if (where === null || port.protocol === 'sctp' || port.hostPort === 0) return []
    const from = where.startsWith('127.') ? 'host' : 'external'
    return [
      {
        key: `${from} ${container.id} published ${port.hostAddress} ${port.hostPort}/${port.protocol}`,
        from: from === 'host' ? 'host' : 'outside',
        to: `${where}:${port.hostPort} (${container.name}:${port.containerPort})`,
        flow: flowTo(from, where, port.protocol, port.hostPort),
        parts: [container.name],
      },
    ]
  })
}

function addressFor({ hostAddress }: PublishedPort, card: string | null): string | null {
  if (hostAddress.includes(':')) return null
  return hostAddress === '0.0.0.0' ? card : hostAddress
}

function flowTo(from: string, end: string, protocol: Flow['protocol'], port: number | null): Flow {
  const plain: Flow = { from, to: end, protocol }
  return port === null ? plain : { ...plain, destinationPort: port }
}
