import type {
  Binding,
  Plan,
  PlannedContainer,
  PlannedDaemon,
  PlannedEndpoint,
  PlannedNetwork,
  PlannedSubnet,
} from '../plan/plan.ts'
import type { Generation } from '../scene/scene.ts'
import { type DockerChains, dockerChains, ESTABLISHED, host, target } from './docker-chains.ts'
import type { IptablesDraft, IptablesFamily } from './iptables-draft.ts'
import { writeLink } from './write-link.ts'
import type { RuleWriter } from './rule-writer.ts'

/**
 * Returns the writer of the rules of Docker 28.5 and of 29's iptables backend, which differ little
 * (moby v28.5.2, docker-29.x: libnetwork/drivers/bridge/internal/iptabler).
 */
export function ruleWriter28(draft: IptablesDraft, { daemon, generation }: Plan): RuleWriter {
  return new RuleWriter28(draft, daemon, generation)
}

class RuleWriter28 implements RuleWriter {
  readonly #draft: IptablesDraft
  readonly #daemon: PlannedDaemon
  readonly #generation: Generation
  readonly #chains = { ip: dockerChains('ip'), ip6: dockerChains('ip6') }

  constructor(draft: IptablesDraft, daemon: PlannedDaemon, generation: Generation) {
    this.#draft = draft
    this.#daemon = daemon
    this.#generation = generation
  }

  start(): void {
    for (const family of this.#families()) {
      const chains = this.#chains[family]
      const barrier = this.#hasIsolation() ? chains.isolation1 : chains.dockerInternal
      const made = [
        chains.natDocker,
        chains.docker,
        chains.dockerForward,
        chains.dockerBridge,
        chains.dockerCt,
        barrier,
      ]
      for (const chain of this.#hasIsolation() ? [...made, chains.isolation2] : made) this.#draft.addChain(chain)
      this.#natJumps(family)
      this.#draft.ensureFirst(chains.forward, '-j DOCKER-FORWARD')
      for (const { chain } of [chains.dockerBridge, barrier, chains.dockerCt])
        this.#draft.ensureFirst(chains.dockerForward, `-j ${chain}`)
      this.#draft.addChain(chains.user)
      this.#draft.ensureFirst(chains.forward, '-j DOCKER-USER')
    }
  }

  addNetwork(network: PlannedNetwork): void {
    for (const family of this.#families()) {
      const subnet = family === 'ip' ? network.ipv4 : network.ipv6
      if (subnet === null) continue
      if (network.internal) this.#addInternal(family, network, subnet)
      else this.#addOpen(family, network, subnet)
    }
  }

  /** Nobody outside may send to a container's own address, whatever routes there are. */
  addEndpoint({ network, ipv4, ipv6 }: PlannedEndpoint): void {
    if (network.internal || network.driver !== 'bridge' || this.#daemon.directRouting) return
    for (const family of this.#families()) {
      const subnet = family === 'ip' ? network.ipv4 : network.ipv6
      const address = family === 'ip' ? ipv4 : ipv6
      if (subnet === null || address === null || subnet.mode === 'routed' || subnet.mode === 'nat-unprotected') continue
      const { rawPrerouting } = this.#chains[family]
      for (const device of network.trusted)
        this.#draft.append(rawPrerouting, `-d ${host(address)} -i ${device} -j ACCEPT`)
      this.#draft.append(rawPrerouting, `-d ${host(address)} ! -i ${network.device} -j DROP`)
    }
  }

  addPorts(network: PlannedNetwork, bindings: readonly Binding[]): void {
    for (const binding of bindings) this.#port(network, binding)
  }

  addLink(network: PlannedNetwork, from: PlannedEndpoint, to: PlannedContainer): void {
    if (this.#daemon.iptables) writeLink(this.#draft, network, from, to)
  }

  #families(): readonly IptablesFamily[] {
    return [...(this.#daemon.iptables ? (['ip'] as const) : []), ...(this.#daemon.ip6tables ? (['ip6'] as const) : [])]
  }

  /** 29 leaves the separation of networks to the rules of the networks themselves. */
  #hasIsolation(): boolean {
    return this.#generation < 29
  }

  #natJumps(family: IptablesFamily): void {
    const chains = this.#chains[family]
    const local = '-m addrtype --dst-type LOCAL -j DOCKER'
    const except = family === 'ip' ? '! -d 127.0.0.0/8' : '! -d ::1/128'
    this.#draft.append(chains.natPrerouting, local)
    this.#draft.append(chains.natOutput, this.#daemon.userlandProxy ? `${except} ${local}` : local)
  }

  #addInternal(family: IptablesFamily, { device, icc }: PlannedNetwork, { prefix }: PlannedSubnet): void {
    const chains = this.#chains[family]
    const barrier = this.#hasIsolation() ? chains.isolation1 : chains.dockerInternal
    const into = family === 'ip' ? `-i ${device}` : `-i ${device} ! -o ${device}`
    const out = family === 'ip' ? `-o ${device}` : `! -i ${device} -o ${device}`
    this.#draft.insert(barrier, `! -d ${prefix} ${into} -j DROP`)
    this.#draft.insert(barrier, `! -s ${prefix} ${out} -j DROP`)
    this.#draft.append(chains.dockerForward, `-i ${device} -o ${device} -j ${icc ? 'ACCEPT' : 'DROP'}`)
  }

  #addOpen(family: IptablesFamily, network: PlannedNetwork, subnet: PlannedSubnet): void {
    const chains = this.#chains[family]
    const { device } = network
    this.#addNat(chains, network, subnet)
    if (!network.icc) this.#draft.append(chains.dockerForward, `-i ${device} -o ${device} -j DROP`)
    const icmp = family === 'ip' ? 'icmp' : 'ipv6-icmp'
    if (subnet.mode === 'routed') this.#draft.append(chains.docker, `-o ${device} -p ${icmp} -j ACCEPT`)
    this.#draft.append(
      chains.dockerForward,
      network.icc ? `-i ${device} -j ACCEPT` : `-i ${device} ! -o ${device} -j ACCEPT`,
    )
    const open = subnet.mode === 'nat-unprotected'
    this.#draft.append(chains.docker, `! -i ${device} -o ${device} -j ${open ? 'ACCEPT' : 'DROP'}`)
    this.#draft.append(chains.dockerCt, `-o ${device} ${ESTABLISHED}`)
    this.#draft.append(chains.dockerBridge, `-o ${device} -j DOCKER`)
    if (this.#hasIsolation()) this.#isolate(chains, network, subnet)
  }

  #addNat(chains: DockerChains, network: PlannedNetwork, { prefix, mode, leaveAs }: PlannedSubnet): void {
    const { device, masquerade } = network
    const hairpin = !this.#daemon.userlandProxy
    const snat = leaveAs === null ? '-j MASQUERADE' : `-j SNAT --to-source ${leaveAs}`
    if (masquerade && mode !== 'routed')
      this.#draft.insert(chains.natPostrouting, `-s ${prefix} ! -o ${device} ${snat}`)
    if (masquerade && !hairpin && this.#hasIsolation()) this.#draft.insert(chains.natDocker, `-i ${device} -j RETURN`)
    if (hairpin) this.#draft.insert(chains.natPostrouting, `-o ${device} -m addrtype --src-type LOCAL ${snat}`)
  }

  #isolate(chains: DockerChains, { device }: PlannedNetwork, { mode }: PlannedSubnet): void {
    if (mode === 'routed') {
      this.#draft.insert(chains.isolation1, `-o ${device} -j RETURN`)
      this.#draft.insert(chains.isolation1, `-i ${device} ${ESTABLISHED}`)
    }
    this.#draft.append(chains.isolation1, `-i ${device} ! -o ${device} -j DOCKER-ISOLATION-STAGE-2`)
    this.#draft.insert(chains.isolation2, `-o ${device} -j DROP`)
  }

  #port(network: PlannedNetwork, binding: Binding): void {
    const { protocol, hostAddress, hostPort, address, port } = binding
    const family = address.includes(':') ? 'ip6' : 'ip'
    if (network.internal || !this.#families().includes(family)) return
    const ports = `-p ${protocol} -m ${protocol} --dport`
    if (hostPort !== 0 && hostAddress.startsWith('127.'))
      this.#draft.append(this.#chains.ip.rawPrerouting, `-d ${host(hostAddress)} ! -i lo ${ports} ${hostPort} -j DROP`)
    // Host IPv6 to a container of IPv4 is the proxy's business alone.
    if (hostAddress.includes(':') !== address.includes(':')) return
    const chains = this.#chains[family]
    if (hostPort !== 0) this.#portNat(chains, network, binding)
    const subnet = family === 'ip' ? network.ipv4 : network.ipv6
    if (subnet?.mode === 'nat-unprotected') return
    const opened = `-d ${host(address)} ! -i ${network.device} -o ${network.device} ${ports} ${port} -j ACCEPT`
    this.#draft.insert(chains.docker, opened)
  }

  #portNat(
    chains: DockerChains,
    { device }: PlannedNetwork,
    { protocol, hostAddress, hostPort, address, port }: Binding,
  ): void {
    const ports = `-p ${protocol} -m ${protocol} --dport`
    const any = hostAddress === '0.0.0.0' || hostAddress === '::'
    const notLocal = address.includes(':') ? '! -s fe80::/10 ' : ''
    const toHost = any ? '' : `-d ${host(hostAddress)} `
    const notBridge = this.#daemon.userlandProxy ? `! -i ${device} ` : ''
    const to = `-j DNAT --to-destination ${target(address, port)}`
    this.#draft.append(chains.natDocker, `${notLocal}${toHost}${notBridge}${ports} ${hostPort} ${to}`)
    if (!this.#daemon.userlandProxy)
      this.#draft.append(
        chains.natPostrouting,
        `-s ${host(address)} -d ${host(address)} ${ports} ${port} -j MASQUERADE`,
      )
  }
}
