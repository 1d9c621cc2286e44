import type { PlannedContainer, PlannedEndpoint, PlannedNetwork } from '../plan/plan.ts'
import { dockerChains, host } from './docker-chains.ts'
import type { IptablesDraft } from './iptables-draft.ts'

/** Lets a container reach what another one exposes, and the answers come back (moby: iptables ChainInfo.Link). */
export function writeLink(
  draft: IptablesDraft,
  network: PlannedNetwork,
  from: PlannedEndpoint,
  to: PlannedContainer,
): void {
  const there = to.endpoints.find((endpoint) => endpoint.network.name === network.name)?.ipv4
  if (from.ipv4 === null || there === undefined || there === null) return
  const between = `-i ${network.device} -o ${network.device}`
  for (const exposed of to.scene.exposes ?? []) {
    const [port, protocol] = exposed.split('/')
    const { docker } = dockerChains('ip')
    const ends = [`-s ${host(from.ipv4)} -d ${host(there)}`, `-s ${host(there)} -d ${host(from.ipv4)}`]
    draft.append(docker, `${ends[0]} ${between} -p ${protocol} -m ${protocol} --dport ${port} -j ACCEPT`)
    draft.append(docker, `${ends[1]} ${between} -p ${protocol} -m ${protocol} --sport ${port} -j ACCEPT`)
  }
}
