import type { DockerNetwork } from '../host/container.ts'
import type { HostState } from '../host/host-state.ts'
import { contains, formatRange, overlaps, toRange, toValue } from '../synth/address/ip-range.ts'
import { nearestGeneration } from '../synth/from-api/plan-from-api.ts'
import { NO_FAMILY } from '../synth/plan/words.ts'
import { findOptionProblem, isKnownOption } from '../synth/plan/check-options.ts'
import { OPTION } from '../synth/plan/option-names.ts'
import { PREDEFINED } from '../synth/scene/check-references.ts'
import type { Generation, SceneSubnet } from '../synth/scene/scene.ts'
import type { NetworkSpec } from './action.ts'
import { checkParent } from './check-parent.ts'
import { findHostOverlap, isPublic, rangesOf } from './host-ranges.ts'
import { error, warning } from './field-problem.ts'
import type { FieldProblem } from './plan.ts'

/**
 * Returns what stands against `docker network create` on a host, field by field: what Docker would refuse, in its own words,
 * and what would work and surprise. Paths are below the action: `network.subnets[0].gateway`.
 */
export function checkNetwork(state: HostState, network: NetworkSpec): readonly FieldProblem[] {
  const generation = nearestGeneration(state.engine.generation)
  return [
    ...checkName(state.networks, network),
    ...(network.subnets ?? []).flatMap((subnet, index) =>
      checkSubnet(state, network, subnet, `network.subnets[${index}]`),
    ),
    ...checkFamilies(generation, network),
    ...checkOptions(state, generation, network),
    ...checkParent(state, generation, network),
  ]
}

function checkName(networks: readonly DockerNetwork[], { name }: NetworkSpec): readonly FieldProblem[] {
  if ((PREDEFINED as readonly string[]).includes(name))
    return [error('network.name', `operation is not permitted on predefined ${name} network`)]
  return networks.some((other) => other.name === name)
    ? [error('network.name', `network with name ${name} already exists`)]
    : []
}

function checkSubnet(state: HostState, network: NetworkSpec, asked: SceneSubnet, at: string): readonly FieldProblem[] {
  const generation = nearestGeneration(state.engine.generation)
  const range = toRange(asked.subnet)
  const outside = checkInside(asked, at)
  if (outside.length > 0) return outside
  const first = asked.subnet.split('/')[0] ?? ''
  if (generation !== 20 && toValue(first) !== range.first)
    return [
      error(
        `${at}.subnet`,
        `invalid network config:\ninvalid subnet ${asked.subnet}: it should be ${formatRange(range)}`,
      ),
    ]
  const isOff = range.family === 6 ? network.ipv6 !== true : network.ipv4 === false && generation !== 20
  if (isOff) return [warning(`${at}.subnet`, `IPv${range.family} is off for this network: this subnet is not used`)]
  const taken = checkTaken(state, generation, asked, at)
  return taken.length > 0 ? taken : checkReach(state, network, asked, at)
}

/** The command line looks at these before the daemon does. */
function checkInside({ subnet, gateway, ipRange, aux = {} }: SceneSubnet, at: string): readonly FieldProblem[] {
  const range = toRange(subnet)
  const found: FieldProblem[] = []
  if (ipRange !== undefined && !contains(range, ipRange.split('/')[0] ?? ''))
    found.push(error(`${at}.ipRange`, `no matching subnet for range ${ipRange}`))
  if (gateway !== undefined && !contains(range, gateway))
    found.push(error(`${at}.gateway`, `no matching subnet for gateway ${gateway}`))
  for (const [key, address] of Object.entries(aux))
    if (!contains(range, address))
      found.push(error(`${at}.aux[${JSON.stringify(key)}]`, `no matching subnet for aux-address ${address}`))
  return found
}

/** With an `--ip-range` Docker compares what it knows of the networks only later, and says more. */
function checkTaken(
  { networks }: HostState,
  generation: Generation,
  { subnet, ipRange }: SceneSubnet,
  at: string,
): readonly FieldProblem[] {
  const range = toRange(subnet)
  for (const other of networks) {
    if (!rangesOf(other).some((taken) => overlaps(taken, range))) continue
    const words = 'Pool overlaps with other one on this address space'
    const late = `conflicts with network ${other.id} (${other.bridge ?? other.name}): networks have overlapping IPv${range.family}`
    const said = ipRange !== undefined ? late : generation === 20 ? words : `invalid pool request: ${words}`
    return [error(`${at}.subnet`, `${said} (network ${other.name})`)]
  }
  return []
}

/** Docker lets both pass. */
function checkReach(state: HostState, { driver, internal }: NetworkSpec, { subnet }: SceneSubnet, at: string) {
  const range = toRange(subnet)
  if (driver === 'macvlan' || driver === 'ipvlan') return []
  const way = findHostOverlap(state, range)
  const found: FieldProblem[] = []
  if (way !== null)
    found.push(
      warning(
        `${at}.subnet`,
        `this host reaches ${way.prefix} by ${way.device}: with this network there, ${formatRange(range)} is reached in the network instead`,
      ),
    )
  if (way === null && internal !== true && isPublic(range))
    found.push(
      warning(
        `${at}.subnet`,
        'these are public addresses: the machines that really have them are not reached any more',
      ),
    )
  return found
}

function checkFamilies(
  generation: Generation,
  { driver, subnets = [], ipv4, ipv6 }: NetworkSpec,
): readonly FieldProblem[] {
  const found: FieldProblem[] = []
  for (const family of [4, 6]) {
    const own = subnets.flatMap(({ subnet }, index) => (toRange(subnet).family === family ? [index] : []))
    if ((driver ?? 'bridge') === 'bridge' && own.length > 1)
      found.push(error(`network.subnets[${own[1]}].subnet`, `bridge driver doesn't support multiple subnets`))
    if (family === 6 && ipv6 === true && own.length === 0 && generation === 20)
      found.push(
        error(
          'network.ipv6',
          'could not find an available, non-overlapping IPv6 address pool among the defaults to assign to the network',
        ),
      )
  }
  if (ipv4 === false && generation === 20)
    found.push(warning('network.ipv4', 'Docker before 28 knows no network without IPv4: this one has it'))
  if (ipv4 === false && ipv6 !== true && generation !== 20) found.push(error('network.ipv4', NO_FAMILY))
  return found
}

function checkOptions(state: HostState, generation: Generation, network: NetworkSpec): readonly FieldProblem[] {
  const { driver = 'bridge', options = {} } = network
  const at = (key: string): string => `network.options[${JSON.stringify(key)}]`
  const problem = findOptionProblem(generation, network)
  const found: FieldProblem[] = problem === null ? [] : [error(at(problem.key), problem.message)]
  if (driver !== 'bridge') return found
  for (const key of Object.keys(options))
    if (!isKnownOption(generation, key))
      found.push(
        warning(at(key), `Docker ${generation === 20 ? '20.10' : generation} does not know ${key}: it has no effect`),
      )
  const bridge = options[OPTION.name]
  const device = state.namespaces[0]?.interfaces.find(({ name }) => name === bridge)
  const other = state.networks.find((one) => bridge !== undefined && one.bridge === bridge)
  if (other !== undefined)
    found.push(
      error(
        at(OPTION.name),
        `conflicts with network ${other.id} (${bridge}): networks have same bridge name (network ${other.name})`,
      ),
    )
  else if (device !== undefined && device.kind !== 'bridge')
    found.push(error(at(OPTION.name), `existing interface ${bridge} is not a bridge`))
  else if (device !== undefined)
    found.push(
      warning(
        at(OPTION.name),
        `${bridge} is there already: Docker takes it as it is, and leaves it when the network goes`,
      ),
    )
  return [...found, ...checkMtu(state, options[OPTION.mtu], at(OPTION.mtu))]
}

/** What is longer than the card takes must be cut up on the way, or does not pass. */
function checkMtu(state: HostState, text: string | undefined, at: string): readonly FieldProblem[] {
  const mtu = Number(text ?? 0)
  const root = state.namespaces[0]
  const out = root?.routes.find(({ destination, table }) => destination === '0.0.0.0/0' && table === 'main')
    ?.nextHops[0]
  const card = root?.interfaces.find(({ name }) => name === out?.device)
  return card !== undefined && mtu > card.mtu
    ? [
        warning(
          at,
          `packets may be longer than ${card.name} takes (${card.mtu}): those that may not be cut up do not pass`,
        ),
      ]
    : []
}
