import type { HostState } from '../host/host-state.ts'
import type { Generation } from '../synth/scene/scene.ts'
import type { NetworkSpec } from './action.ts'
import type { FieldProblem } from './plan.ts'

const AT = 'network.options["parent"]'

/** Returns what stands against the device that a macvlan or ipvlan network is to sit on (moby:libnetwork/drivers/macvlan). */
export function checkParent(state: HostState, generation: Generation, network: NetworkSpec): readonly FieldProblem[] {
  const { driver = 'bridge', options = {} } = network
  if (driver === 'bridge') return []
  const parent = options['parent']
  const root = state.namespaces[0]
  if (parent === undefined)
    return [
      problem(
        'warning',
        'without a parent Docker makes a device that leads nowhere: containers reach only one another',
      ),
    ]
  const card = root?.interfaces.find(({ name }) => name === parent)
  const vlan = /^(.+)\.\d+$/.exec(parent)?.[1]
  if (card === undefined && !root?.interfaces.some(({ name }) => name === vlan))
    return [problem('error', missing(generation, driver, parent, vlan))]
  const other = state.networks.find((one) => one.driver === driver && one.options['parent'] === parent)
  if (other !== undefined && (driver === 'ipvlan' || generation === 20))
    return [
      problem(
        'error',
        `network ${other.id.slice(0, 12)} is already using parent interface ${parent} (network ${other.name})`,
      ),
    ]
  return driver === 'macvlan'
    ? [
        problem(
          'warning',
          `this host itself does not reach the containers of the network, nor they it: the kernel keeps ${parent} and what sits on it apart`,
        ),
      ]
    : []
}

/** A name with a dot is a VLAN, which Docker makes on a card that is there. */
function missing(generation: Generation, driver: string, parent: string, vlan: string | undefined): string {
  if (vlan === undefined) return `the requested parent interface ${parent} was not found on the Docker host`
  const does = generation === 20 && driver === 'macvlan' ? ' does' : ''
  return `-o parent interface${does} was not found on the host: ${vlan}`
}

function problem(severity: FieldProblem['severity'], message: string): FieldProblem {
  return { at: AT, severity, message }
}
