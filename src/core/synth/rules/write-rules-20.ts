import { formatRange, toRange } from '../address/ip-range.ts'
import type {
  Binding,
  PlannedDaemon,
  PlannedEndpoint,
  PlannedContainer,
  PlannedNetwork,
  PlannedSubnet,
} from '../plan/plan.ts'
import { type DockerChains, dockerChains, ESTABLISHED, host, target } from './docker-chains.ts'
import type { IptablesDraft, IptablesFamily } from './iptables-draft.ts'
import { writeLink } from './write-link.ts'
import type { RuleWriter } from './rule-writer.ts'

/** Returns the writer of Docker 20.10's rules (moby 20.10: libnetwork/drivers/bridge/setup_ip_tables.go, iptables/iptables.go). */
export function ruleWriter20(draft: IptablesDraft, daemon: PlannedDaemon): RuleWriter {
  return new RuleWriter20(draft, daemon)
}

class RuleWriter20 implements RuleWriter {
  readonly #draft: IptablesDraft
  readonly #daemon: PlannedDaemon
  readonly #chains = { ip: dockerChains('ip'), ip6: dockerChains('ip6') }

  constructor(draft: IptablesDraft, daemon: PlannedDaemon) {
    this.#draft = draft
    this.#daemon = daemon
  }

  start(): void {
    for (const family of this.#families()) {
      const chains = this.#chains[family]
      for (const chain of [chains.natDocker, chains.docker, chains.isolation1, chains.isolation2])
        this.#draft.addChain(chain)
      this.#draft.append(chains.isolation1, '-j RETURN')
      this.#draft.append(chains.isolation2, '-j RETURN')
    }
    this.#arrangeUser()
  }

  addNetwork(network: PlannedNetwork): void {
    if (!this.#daemon.iptables) return
    if (network.ipv4 !== null) this.#setUp('ip', network, network.ipv4)
    if (network.ipv6 !== null && this.#daemon.ip6tables) this.#setUp('ip6', network, network.ipv6)
    if (!network.internal) this.#isolate(network)
    this.#arrangeUser()
  }

  addEndpoint(): void {}

  addPorts(network: PlannedNetwork, bindings: readonly Binding[]): void {
    for (const binding of bindings) this.#port(network, binding)
  }

  addLink(network: PlannedNetwork, from: PlannedEndpoint, to: PlannedContainer): void {
    if (this.#daemon.iptables) writeLink(this.#draft, network, from, to)
  }

  #families(): readonly IptablesFamily[] {
    if (!this.#daemon.iptables) return []
    return this.#daemon.ip6tables ? ['ip', 'ip6'] : ['ip']
  }

  /** After every network, and only for IPv4. */
  #arrangeUser(): void {
    if (!this.#daemon.iptables) return
    this.#draft.append(this.#chains.ip.user, '-j RETURN')
    this.#draft.ensureFirst(this.#chains.ip.forward, '-j DOCKER-USER')
  }

  #setUp(family: IptablesFamily, network: PlannedNetwork, subnet: PlannedSubnet): void {
    const chains = this.#chains[family]
    const bridge = network.device ?? ''
    const prefix = formatRange(toRange(subnet.prefix))
    if (network.internal) {
      this.#draft.insert(chains.isolation1, `! -d ${prefix} -i ${bridge} -j DROP`)
      this.#draft.insert(chains.isolation1, `! -s ${prefix} -o ${bridge} -j DROP`)
      this.#icc(chains, network)
    } else {
      this.#outgoing(chains, network, prefix)
      this.#jumps(family, bridge)
    }
    this.#draft.ensureFirst(chains.forward, '-j DOCKER-ISOLATION-STAGE-1')
  }

  #outgoing(chains: DockerChains, network: PlannedNetwork, prefix: string): void {
    const bridge = network.device ?? ''
    const hairpin = !this.#daemon.userlandProxy
    const leaveAs = network.ipv4?.leaveAs ?? null
    const snat = leaveAs === null ? '-j MASQUERADE' : `-j SNAT --to-source ${leaveAs}`
    if (network.masquerade) this.#draft.insert(chains.natPostrouting, `-s ${prefix} ! -o ${bridge} ${snat}`)
    if (network.masquerade && !hairpin) this.#draft.insert(chains.natDocker, `-i ${bridge} -j RETURN`)
    if (hairpin) this.#draft.insert(chains.natPostrouting, `-o ${bridge} -m addrtype --src-type LOCAL ${snat}`)
    this.#icc(chains, network)
    this.#draft.insert(chains.forward, `-i ${bridge} ! -o ${bridge} -j ACCEPT`)
  }

  /** A ban is appended: behind all that others accept. */
  #icc(chains: DockerChains, { device, icc }: PlannedNetwork): void {
    if (icc) this.#draft.insert(chains.forward, `-i ${device} -o ${device} -j ACCEPT`)
    else this.#draft.append(chains.forward, `-i ${device} -o ${device} -j DROP`)
  }

  #jumps(family: IptablesFamily, bridge: string): void {
    const chains = this.#chains[family]
    const local = '-m addrtype --dst-type LOCAL -j DOCKER'
    const except = family === 'ip' ? '! -d 127.0.0.0/8' : '! -d ::1/128'
    this.#draft.append(chains.natPrerouting, local)
    this.#draft.append(chains.natOutput, this.#daemon.userlandProxy ? `${except} ${local}` : local)
    this.#draft.insert(chains.forward, `-o ${bridge} -j DOCKER`)
    this.#draft.insert(chains.forward, `-o ${bridge} ${ESTABLISHED}`)
  }

  #isolate({ device }: PlannedNetwork): void {
    for (const family of this.#families()) {
      const chains = this.#chains[family]
      this.#draft.insert(chains.isolation1, `-i ${device} ! -o ${device} -j DOCKER-ISOLATION-STAGE-2`)
      this.#draft.insert(chains.isolation2, `-o ${device} -j DROP`)
    }
  }

  #port(network: PlannedNetwork, binding: Binding): void {
    const { protocol, hostAddress, hostPort, address, port } = binding
    const isSix = hostAddress.includes(':')
    // The proxy alone carries host IPv6 to a container of IPv4; without rules for IPv6 there is no chain to write to.
    if (!this.#daemon.iptables || isSix !== address.includes(':') || (isSix && !this.#daemon.ip6tables)) return
    const chains = this.#chains[isSix ? 'ip6' : 'ip']
    const bridge = network.device ?? ''
    const any = hostAddress === '0.0.0.0' || hostAddress === '::'
    const toHost = any ? '' : `-d ${host(hostAddress)} `
    const notBridge = this.#daemon.userlandProxy ? `! -i ${bridge} ` : ''
    const ports = `-p ${protocol} -m ${protocol} --dport`
    this.#draft.append(
      chains.natDocker,
      `${toHost}${notBridge}${ports} ${hostPort} -j DNAT --to-destination ${target(address, port)}`,
    )
    this.#draft.append(chains.docker, `-d ${host(address)} ! -i ${bridge} -o ${bridge} ${ports} ${port} -j ACCEPT`)
    this.#draft.append(chains.natPostrouting, `-s ${host(address)} -d ${host(address)} ${ports} ${port} -j MASQUERADE`)
    if (protocol === 'sctp')
      this.#draft.append(
        { family: isSix ? 'ip6' : 'ip', table: 'mangle', chain: 'POSTROUTING' },
        `-p sctp -m sctp --sport ${port} -j CHECKSUM --checksum-fill`,
      )
  }
}
