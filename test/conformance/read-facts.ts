import type { Engine } from '../lab/index.ts'
import { hostAddress6, secondAddress } from './outside.ts'
import type { TopologyPlan } from './plan.ts'

interface InspectedContainer {
  readonly Name: string
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, InspectedEnd>> }
}

interface InspectedEnd {
  readonly IPAddress: string
  readonly GlobalIPv6Address: string
  readonly MacAddress: string
}

interface InspectedNetwork {
  readonly Name: string
  readonly IPAM: { readonly Config: readonly InspectedSubnet[] }
}

interface InspectedSubnet {
  readonly Subnet: string
  readonly Gateway?: string
}

/** Reads what the places of a plan's text stand for once its topology is up; see plan.ts. */
export async function readFacts(engine: Engine, plan: TopologyPlan): Promise<Map<string, string>> {
  const facts = new Map([
    ['nic', engine.address],
    ['nic2', secondAddress(engine.address)],
    ['6:nic', hostAddress6(engine.address)],
    ['6:nic2', hostAddress6(secondAddress(engine.address))],
  ])
  const names = plan.containers.map(({ name }) => name)
  for (const container of JSON.parse(await engine.docker(['inspect', ...names])) as InspectedContainer[])
    for (const [network, end] of Object.entries(container.NetworkSettings.Networks)) {
      facts.set(`${container.Name.slice(1)}@${network}`, end.IPAddress)
      if (end.GlobalIPv6Address !== '') facts.set(`6:${container.Name.slice(1)}@${network}`, end.GlobalIPv6Address)
      facts.set(`mac:${container.Name.slice(1)}@${network}`, end.MacAddress)
    }
  const networks = ['bridge', ...plan.networks.map(({ name }) => name)]
  for (const network of JSON.parse(await engine.docker(['network', 'inspect', ...networks])) as InspectedNetwork[]) {
    const [config] = network.IPAM.Config.filter(({ Subnet }) => !Subnet.includes(':'))
    if (config === undefined) throw new Error(`network ${network.Name} has no subnet`)
    const [base = ''] = config.Subnet.split('/')
    const lastPart = (last: number): string => [...base.split('.').slice(0, 3), last].join('.')
    facts.set(`net@${network.Name}`, config.Subnet)
    facts.set(`gw@${network.Name}`, config.Gateway ?? lastPart(1))
    facts.set(`free@${network.Name}`, lastPart(60))
    for (const six of network.IPAM.Config.filter(({ Subnet }) => Subnet.includes(':')).slice(0, 1))
      readSubnet6(facts, network.Name, six)
  }
  return facts
}

function readSubnet6(facts: Map<string, string>, network: string, { Subnet, Gateway }: InspectedSubnet): void {
  const [base = ''] = Subnet.split('/')
  facts.set(`6:net@${network}`, Subnet)
  // 20.10 says none of docker0's, and else with the length of the prefix.
  facts.set(`6:gw@${network}`, Gateway?.split('/')[0] ?? `${base}1`)
  facts.set(`6:free@${network}`, `${base}ff60`)
}
