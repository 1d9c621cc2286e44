/**
 * A host as far as reading it goes: what Docker's API and the helper would tell of it, and which changes the engine has
 * events for. Nothing of it is clever: a change is what dockerd would do to namespaces, devices and files.
 */
import type { DockerAnswers } from '../../src/core/parse/assemble-host-state.ts'
import type { Frame } from '../../src/core/parse/frames.ts'

/** What an event names. */
export interface Concerned {
  readonly containers: readonly string[]
  readonly networks: readonly string[]
}

interface ModelContainer {
  readonly id: string
  name: string
  pid: number
  /** Inode of its namespace; it is kept by whoever else lives in it. */
  inode: number
  /** The container whose namespace it joins when it starts. */
  readonly joins: ModelContainer | null
  /** The container that it is linked to; the API gives its name of today. */
  readonly link: ModelContainer | null
  networks: number[]
  hosts: string
}

interface ModelDevice {
  readonly index: number
  readonly inside: number
  readonly inode: number
  readonly owner: number
}

const HOST = 4026531840
/** Few numbers, so that they are used again, as the kernel does. */
const PIDS = 9
const INODES = 7

/** One host of at most five containers and three networks, counted from 0. */
export class ModelHost {
  readonly #containers = new Map<number, ModelContainer>()
  readonly #networks = new Map<number, string>()
  #devices: ModelDevice[] = []
  #serial = 0

  create(slot: number, joins: number | null, link: number | null): Concerned {
    if (this.#containers.has(slot)) return none
    const id = `c${slot}-${this.#next()}`
    const at = (other: number | null) => (other === null ? null : (this.#containers.get(other) ?? null))
    const made = { id, name: `n${slot}`, pid: 0, inode: 0, networks: [], hosts: '' }
    this.#containers.set(slot, { ...made, joins: at(joins), link: at(link) })
    return { containers: [id], networks: [] }
  }

  start(slot: number): Concerned {
    const container = this.#containers.get(slot)
    if (container === undefined || container.pid !== 0) return none
    const { joins } = container
    if (joins !== null && joins.pid === 0) return none
    container.pid = this.#free(PIDS, (pid) => this.#running().some((one) => one.pid === pid)) + 100
    container.inode =
      joins?.inode ?? this.#free(INODES, (n) => this.#running().some((o) => o.inode === 5000 + n)) + 5000
    if (joins === null) for (const network of container.networks) this.#plug(slot, network)
    container.hosts = `${container.name} ${this.#next()}`
    for (const one of this.#running()) if (one.link === container) one.hosts = `${one.name} to ${container.hosts}`
    return { containers: [container.id], networks: [] }
  }

  stop(slot: number): Concerned {
    const container = this.#containers.get(slot)
    if (container === undefined || container.pid === 0) return none
    container.pid = 0
    container.inode = 0
    this.#devices = this.#devices.filter(({ owner }) => owner !== slot)
    return { containers: [container.id], networks: [] }
  }

  destroy(slot: number): Concerned {
    const { containers } = this.stop(slot)
    const id = this.#containers.get(slot)?.id
    this.#containers.delete(slot)
    return { containers: id === undefined ? containers : [id], networks: [] }
  }

  rename(slot: number): Concerned {
    const container = this.#containers.get(slot)
    if (container === undefined) return none
    container.name = `m${slot}-${this.#next()}`
    return { containers: [container.id], networks: [] }
  }

  makeNetwork(network: number): Concerned {
    if (this.#networks.has(network)) return none
    this.#networks.set(network, `net${network}-${this.#next()}`)
    return { containers: [], networks: [this.#networks.get(network) ?? ''] }
  }

  removeNetwork(network: number): Concerned {
    const id = this.#networks.get(network)
    if (id === undefined || [...this.#containers.values()].some((one) => one.networks.includes(network))) return none
    this.#networks.delete(network)
    return { containers: [], networks: [id] }
  }

  connect(slot: number, network: number): Concerned {
    const container = this.#containers.get(slot)
    const id = this.#networks.get(network)
    if (container === undefined || id === undefined || container.joins !== null) return none
    if (container.networks.includes(network)) {
      container.networks = container.networks.filter((one) => one !== network)
      this.#devices = this.#devices.filter(({ owner, inside }) => owner !== slot || inside !== network + 2)
    } else {
      container.networks.push(network)
      if (container.pid !== 0) this.#plug(slot, network)
    }
    return { containers: [container.id], networks: [id] }
  }

  answers(): DockerAnswers {
    return {
      version: { Version: '28.5.2', ApiVersion: '1.51' },
      info: { Name: 'model' },
      containers: [...this.#containers.values()].map((one) => this.#inspect(one)),
      networks: [...this.#networks.values()].map((id) => ({ Id: id, Name: id, Driver: 'bridge' })),
    }
  }

  /** What the helper prints of the host itself and of some processes. */
  frames(pids: readonly number[]): readonly Frame[] {
    const inodes = [...new Set(this.#running().map(({ inode }) => inode))]
    const asked = pids.map((pid) => ({ pid, container: this.#running().find((one) => one.pid === pid) }))
    const known = asked.flatMap(({ container }) => container ?? [])
    return [
      frame(HOST, 'self', String(HOST)),
      frame(HOST, 'netnsids', inodes.map((inode) => `${inode} ${inode - 5000}`).join('\n')),
      ...asked.map(({ pid, container }) =>
        container === undefined
          ? { ...frame(0, `pid:${pid}`, '', 'it has gone'), exit: 1 }
          : frame(0, `pid:${pid}`, String(container.inode)),
      ),
      ...known.flatMap(({ pid, inode, hosts }) => [frame(inode, `hosts:${pid}`, hosts)]),
      ...this.#namespace(HOST),
      ...[...new Set(known.map(({ inode }) => inode))].flatMap((inode) => this.#namespace(inode)),
    ]
  }

  #namespace(inode: number): readonly Frame[] {
    const here = this.#devices.filter((device) => inode === HOST || device.inode === inode)
    const veths = here.map((device) => ({
      ifindex: inode === HOST ? device.index : device.inside,
      ifname: inode === HOST ? `veth${device.index}` : `eth${device.inside}`,
      link_index: inode === HOST ? device.inside : device.index,
      link_netnsid: inode === HOST ? device.inode - 5000 : 0,
      flags: ['UP', 'LOWER_UP'],
      mtu: 1500,
      link_type: 'ether',
      linkinfo: { info_kind: 'veth' },
      addr_info: [],
    }))
    return [
      frame(inode, 'ip', `${JSON.stringify(veths)}\n[]\n[]`),
      frame(inode, 'ip-4', '[]\n[]'),
      frame(inode, 'ip-6', '[]\n[]'),
      ...['sockets', 'conntrack', 'conntrack-6', 'ipset', 'iptables-save', 'ip6tables-save'].map((each) =>
        frame(inode, each, ''),
      ),
      frame(inode, 'nft', '{"nftables":[]}'),
      frame(inode, 'sysctls', `ipv4/ip_default_ttl:${here.length}`),
      frame(inode, 'bridge-link', '[]'),
      frame(inode, 'fdb', '[]'),
    ]
  }

  #inspect({ id, name, pid, joins, link, networks }: ModelContainer): object {
    const ids = networks.flatMap((network) => this.#networks.get(network) ?? [])
    return {
      Id: id,
      Name: `/${name}`,
      State: { Status: pid === 0 ? 'exited' : 'running', Pid: pid },
      Config: { Image: 'busybox', Labels: {} },
      HostConfig: {
        NetworkMode: joins === null ? 'bridge' : `container:${joins.id}`,
        Links: link === null ? null : [`/${link.name}:/${name}/alias`],
      },
      NetworkSettings: { Networks: Object.fromEntries(ids.map((each) => [each, { NetworkID: each }])), Ports: {} },
    }
  }

  #running(): readonly ModelContainer[] {
    return [...this.#containers.values()].filter(({ pid }) => pid !== 0)
  }

  #plug(slot: number, network: number): void {
    const inode = this.#containers.get(slot)?.inode ?? 0
    this.#devices.push({ index: 10 + this.#next(), inside: network + 2, inode, owner: slot })
  }

  #free(count: number, taken: (number: number) => boolean): number {
    const numbers = Array.from({ length: count }, (_, index) => (index + this.#serial) % count)
    return numbers.find((number) => !taken(number) && !taken(number + 100)) ?? 0
  }

  #next(): number {
    this.#serial += 1
    return this.#serial
  }
}

const none: Concerned = { containers: [], networks: [] }

function frame(namespace: number, command: string, output: string, error = ''): Frame {
  return { namespace: String(namespace), command, exit: 0, output, error }
}
