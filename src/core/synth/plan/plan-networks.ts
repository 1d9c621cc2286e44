import { canonicalAddress } from '../../net/address.ts'
import { AddressBook } from '../address/address-book.ts'
import { familyOf, formatRange, type IpRange } from '../address/ip-range.ts'
import type { Granted, Refusal } from '../address/refusal.ts'
import type { SubnetBook } from '../address/subnet-book.ts'
import { digestHex } from '../digest.ts'
import type { Scene, SceneNetwork, SceneSubnet } from '../scene/scene.ts'
import { findAskedProblem, findConflict } from './check-network.ts'
import { readFlag } from './check-options.ts'
import { OPTION } from './option-names.ts'
import type { GatewayMode, PlannedDaemon, PlannedNetwork, PlannedSubnet } from './plan.ts'

/** What is needed to plan one network after another. */
export interface NetworkPlanner {
  readonly scene: Scene
  readonly daemon: PlannedDaemon
  readonly subnets: SubnetBook
  /** The addresses of each network, by `NETWORK 4` and `NETWORK 6`. */
  readonly books: Map<string, AddressBook>
  readonly refusals: Refusal[]
  /** The networks that there are already. */
  readonly planned: PlannedNetwork[]
}

/** Plans one network of the scene. Null where Docker would refuse it; the refusal is then in the planner's list. */
export function planNetwork(planner: NetworkPlanner, network: SceneNetwork, path: string): PlannedNetwork | null {
  const planned = draftNetwork(planner, network, path)
  if (planned === null) return null
  const conflict = findConflict(planner.scene.engine.generation, planner.planned, planned)
  if (conflict !== null) planner.refusals.push({ path, message: conflict })
  else planner.planned.push(planned)
  return conflict === null ? planned : null
}

function draftNetwork(planner: NetworkPlanner, network: SceneNetwork, path: string): PlannedNetwork | null {
  const refuse = (message: string): null => {
    planner.refusals.push({ path, message })
    return null
  }
  const problem = findAskedProblem(planner.scene, network)
  if (problem !== null) return refuse(problem)
  const wantsFour = network.ipv4 !== false || planner.scene.engine.generation === 20
  const ipv4 = wantsFour ? planFamily(planner, network, 4, refuse) : null
  if (wantsFour && ipv4 === null) return null
  const wantsSix = network.ipv6 === true
  const ipv6 = wantsSix ? planFamily(planner, network, 6, refuse) : null
  if (wantsSix && ipv6 === null) return null
  const options = network.options ?? {}
  const id = digestHex(`network ${network.name}`, 64)
  const driver = network.driver ?? 'bridge'
  return {
    name: network.name,
    id,
    driver,
    device: deviceOf(network, id),
    isDefaultBridge: false,
    ipv4,
    ipv6,
    internal: network.internal ?? false,
    attachable: network.attachable ?? false,
    icc: readFlag(options[OPTION.icc] ?? '') !== false,
    masquerade: readFlag(options[OPTION.masquerade] ?? '') !== false,
    mtu: Number(options[OPTION.mtu] ?? 0),
    bindTo: bindingOf(options[OPTION.bindTo]),
    trusted: (options[OPTION.trusted] ?? '').split(':').filter((name) => name !== ''),
    options,
    labels: network.labels ?? {},
  }
}

function deviceOf({ driver, options }: SceneNetwork, id: string): string | null {
  if (driver === 'macvlan' || driver === 'ipvlan') return options?.['parent'] ?? null
  return options?.[OPTION.name] ?? `br-${id.slice(0, 12)}`
}

function bindingOf(text: string | undefined): string | null {
  const address = text === undefined ? null : canonicalAddress(text)
  return address === '0.0.0.0' ? null : address
}

/** Returns one IP version of a network: its subnet, the gateway's address, and the book of the others. */
function planFamily(
  planner: NetworkPlanner,
  network: SceneNetwork,
  family: 4 | 6,
  refuse: (message: string) => null,
): PlannedSubnet | null {
  const asked = (network.subnets ?? []).filter(({ subnet }) => familyOf(subnet) === family)
  if (asked.length > 1 && (network.driver ?? 'bridge') === 'bridge')
    return refuse(`bridge driver doesn't support multiple subnets`)
  const only = asked[0]
  const given =
    only === undefined ? takeFree(planner, network.name, family) : planner.subnets.take(only.subnet, only.ipRange)
  if (!given.ok) return refuse(given.message)
  const mode = (network.options?.[family === 4 ? OPTION.mode4 : OPTION.mode6] ?? 'nat') as GatewayMode
  const leaveAs = network.options?.[family === 4 ? OPTION.leaveAs4 : OPTION.leaveAs6] ?? null
  const settled = settleSubnet(planner, network.name, given.value, only, mode === 'isolated', refuse)
  if (settled === null) return null
  const gatewayTold = only === undefined ? settled.gateway : (only.gateway ?? null)
  return { ...settled, gatewayTold, mode, leaveAs, configured: only !== undefined }
}

/** A network keeps the subnet that it was given once, as long as nobody else has it. */
function takeFree(planner: NetworkPlanner, name: string, family: 4 | 6): Granted<IpRange> {
  const kept = planner.scene.memory?.subnets?.[name]?.find((subnet) => familyOf(subnet) === family)
  const again = kept === undefined ? null : planner.subnets.take(kept, undefined)
  return again?.ok === true ? again : planner.subnets.takeDefault(family)
}

/** Takes the gateway's and the kept addresses of a subnet; null where they cannot be had. */
export function settleSubnet(
  planner: NetworkPlanner,
  name: string,
  subnet: IpRange,
  asked: Omit<SceneSubnet, 'subnet'> | undefined,
  withoutGateway: boolean,
  refuse: (message: string) => null,
): Pick<PlannedSubnet, 'family' | 'prefix' | 'length' | 'gateway' | 'ipRange'> | null {
  const book = new AddressBook(subnet, asked?.ipRange, planner.scene.engine.generation)
  planner.books.set(`${name} ${subnet.family}`, book)
  let gateway: string | null = null
  if (!withoutGateway || asked?.gateway !== undefined) {
    const taken = book.take(asked?.gateway)
    if (!taken.ok) return refuse(`failed to allocate gateway (${asked?.gateway ?? ''}): ${taken.message}`)
    gateway = taken.value
  }
  for (const [key, address] of Object.entries(asked?.aux ?? {})) {
    const taken = book.take(address)
    if (!taken.ok) return refuse(`failed to allocate secondary ip address (${key}:${address}): ${taken.message}`)
  }
  return {
    family: subnet.family,
    prefix: formatRange(subnet),
    length: subnet.length,
    gateway,
    ipRange: asked?.ipRange ?? null,
  }
}
