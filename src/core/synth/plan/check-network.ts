import { contains, formatRange, overlaps, toRange, toValue } from '../address/ip-range.ts'
import { PREDEFINED } from '../scene/check-references.ts'
import type { Generation, Scene, SceneNetwork } from '../scene/scene.ts'
import { findOptionProblem } from './check-options.ts'
import { OPTION } from './option-names.ts'
import type { PlannedNetwork } from './plan.ts'
import { conflictWith, NO_FAMILY } from './words.ts'

/** Returns what the command line or the daemon would refuse before anything is taken, or null. */
export function findAskedProblem({ engine, host }: Scene, network: SceneNetwork): string | null {
  return (
    findParentProblem(
      network,
      host.nics.map(({ name }) => name),
    ) ??
    findSubnetProblem(engine.generation, network) ??
    findFamilyProblem(engine.generation, network) ??
    findOptionProblem(engine.generation, network)?.message ??
    findDeviceProblem(
      network,
      host.nics.map(({ name }) => name),
    )
  )
}

/** Docker makes devices where a parent is missing or is a VLAN of one; those are not simulated, and nothing is guessed. */
function findParentProblem({ driver, options }: SceneNetwork, cards: readonly string[]): string | null {
  const parent = options?.['parent']
  if (driver === undefined || driver === 'bridge' || (parent !== undefined && cards.includes(parent))) return null
  const card = cards[0] ?? 'eth0'
  return `a network of driver ${driver} is simulated on a card of the host only: give it the option parent=${card}`
}

/** moby:libnetwork/drivers/bridge/interface_linux.go newInterface. */
function findDeviceProblem({ driver = 'bridge', options }: SceneNetwork, cards: readonly string[]): string | null {
  const name = options?.[OPTION.name]
  return driver === 'bridge' && name !== undefined && cards.includes(name)
    ? `existing interface ${name} is not a bridge`
    : null
}

function findSubnetProblem(generation: Generation, { subnets = [], name }: SceneNetwork): string | null {
  if ((PREDEFINED as readonly string[]).includes(name))
    return `operation is not permitted on predefined ${name} network`
  for (const { subnet, gateway, ipRange, aux = {} } of subnets) {
    const range = toRange(subnet)
    const written = subnet.split('/')[0] ?? ''
    if (ipRange !== undefined && !contains(range, ipRange.split('/')[0] ?? ''))
      return `no matching subnet for range ${ipRange}`
    if (gateway !== undefined && !contains(range, gateway)) return `no matching subnet for gateway ${gateway}`
    const stray = Object.values(aux).find((address) => !contains(range, address))
    if (stray !== undefined) return `no matching subnet for aux-address ${stray}`
    if (generation !== 20 && toValue(written) !== range.first)
      return `invalid network config:\ninvalid subnet ${subnet}: it should be ${formatRange(range)}`
  }
  return null
}

/** moby:libnetwork/controller.go NewNetwork, since `--ipv4=false` is known: 20.10 passes over it. */
function findFamilyProblem(generation: Generation, { ipv4, ipv6 }: SceneNetwork): string | null {
  return generation !== 20 && ipv4 === false && ipv6 !== true ? NO_FAMILY : null
}

/**
 * Returns how a network is in the way of another one, or null (moby:libnetwork/drivers/bridge Conflicts). The subnets of
 * networks with an `--ip-range` are compared here alone.
 */
export function findConflict(
  generation: Generation,
  earlier: readonly PlannedNetwork[],
  network: PlannedNetwork,
): string | null {
  if (network.driver !== 'bridge') return null
  for (const other of earlier) {
    if (other.driver !== 'bridge') continue
    if (other.device === network.device && other.isDefaultBridge && generation === 20)
      return 'Docker 20.10 would take it and lose docker0 by that: give the bridge another name'
    if (other.device === network.device) return conflictWith(network, other, 'networks have same bridge name')
    for (const key of ['ipv4', 'ipv6'] as const) {
      const [one, two] = [network[key], other[key]]
      if (one !== null && two !== null && overlaps(toRange(one.prefix), toRange(two.prefix)))
        return conflictWith(network, other, `networks have overlapping IPv${key.slice(3)}`)
    }
  }
  return null
}
