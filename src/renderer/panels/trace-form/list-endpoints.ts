import type { Container } from '../../../core/host/container.ts'
import type { HostState } from '../../../core/host/host-state.ts'

/** What an endpoint option stands for; shown beside it, so that two options with similar names can be told apart. */
export type EndpointKind =
  | 'container'
  | 'host'
  | 'external'
  | 'address'
  | 'name'
  | 'published port'
  | 'network'
  | 'interface'

/**
 * One thing that can be written in From or To. `value` is what goes in the field; a published port also brings its
 * protocol and port, which fill the form's other fields.
 */
export interface EndpointOption {
  readonly value: string
  readonly label: string
  readonly kind: EndpointKind
  readonly detail: string
  readonly protocol?: 'tcp' | 'udp'
  readonly port?: number
}

/**
 * Returns everything of a host that a trace can start from: running containers, the host, a machine outside, and the
 * addresses of the containers. Containers that are not running have no namespace to send from and are left out.
 */
export function listSources(state: HostState | null): readonly EndpointOption[] {
  if (state === null) return []
  return [...containerOptions(state), hostOption(state), externalOption(), ...containerAddressOptions(state)]
}

/**
 * Returns everything of a host that a trace can go to: what {@link listSources} gives, and names that were resolved,
 * published ports, every container address and every gateway. Free text is allowed beside these.
 */
export function listTargets(state: HostState | null): readonly EndpointOption[] {
  if (state === null) return []
  return [
    ...containerOptions(state),
    ...nameOptions(state),
    ...publishedOptions(state),
    hostOption(state),
    externalOption(),
    ...addressOptions(state),
  ]
}

/** Returns the options that contain every word of `text`, those that begin with it first; all of them for no text. */
export function filterEndpoints(options: readonly EndpointOption[], text: string): readonly EndpointOption[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return options
  const matching = options.filter((option) => {
    const haystack = `${option.value} ${option.label} ${option.kind} ${option.detail}`.toLowerCase()
    return words.every((word) => haystack.includes(word))
  })
  const begins = (option: EndpointOption) => option.value.toLowerCase().startsWith(words[0] ?? '')
  return [...matching.filter(begins), ...matching.filter((option) => !begins(option))]
}

/** Returns the host's own IPv4 address: the first global one on a physical device, else on any that is no bridge. */
export function hostAddress(state: HostState): string | null {
  const host = state.namespaces[0]
  if (host === undefined) return null
  const candidates = [
    ...host.interfaces.filter((device) => device.kind === 'physical'),
    ...host.interfaces.filter((device) => device.kind === 'veth' && device.master === null),
  ]
  for (const device of candidates) {
    const address = device.addresses.find((each) => each.family === 4 && each.scope === 'global')
    if (address !== undefined) return address.address
  }
  return null
}

function containerOptions(state: HostState): readonly EndpointOption[] {
  return state.containers
    .filter((container) => container.state === 'running')
    .map((container) => ({
      value: container.name,
      label: container.name,
      kind: 'container' as const,
      detail: containerDetail(container),
    }))
}

function containerDetail(container: Container): string {
  const addresses = container.endpoints
    .map((endpoint) => endpoint.ipv4 ?? endpoint.ipv6)
    .filter((each) => each !== null)
  return addresses.length > 0 ? addresses.join(', ') : `network ${container.networkMode}`
}

function hostOption(state: HostState): EndpointOption {
  return { value: 'host', label: 'host', kind: 'host', detail: hostAddress(state) ?? state.hostname }
}

function externalOption(): EndpointOption {
  return { value: 'external', label: 'external', kind: 'external', detail: 'a machine on the LAN' }
}

function nameOptions(state: HostState): readonly EndpointOption[] {
  const containerNames = new Set(state.containers.map((container) => container.name))
  const seen = new Map<string, EndpointOption>()
  for (const answer of state.names) {
    if (answer.addresses.length === 0 || seen.has(answer.name) || containerNames.has(answer.name)) continue
    const detail = answer.addresses.join(', ')
    seen.set(answer.name, { value: answer.name, label: answer.name, kind: 'name', detail })
  }
  return [...seen.values()]
}

function publishedOptions(state: HostState): readonly EndpointOption[] {
  const seen = new Map<string, EndpointOption>()
  for (const container of state.containers) {
    for (const port of container.published) {
      if (port.hostPort === 0 || port.protocol === 'sctp' || port.hostAddress.includes(':')) continue
      const anywhere = port.hostAddress === '' || port.hostAddress === '0.0.0.0'
      const value = anywhere ? 'host' : port.hostAddress
      const label = `${value}:${port.hostPort}`
      const detail = `${port.protocol} to ${container.name}:${port.containerPort}`
      const option = { value, label, kind: 'published port' as const, detail }
      seen.set(`${label}/${port.protocol}`, { ...option, protocol: port.protocol, port: port.hostPort })
    }
  }
  return [...seen.values()]
}

function containerAddressOptions(state: HostState): readonly EndpointOption[] {
  const options: EndpointOption[] = []
  for (const container of state.containers.filter((each) => each.state === 'running')) {
    for (const endpoint of container.endpoints) {
      for (const value of [endpoint.ipv4, endpoint.ipv6]) {
        const detail = `${container.name} on ${endpoint.networkName}`
        if (value !== null && value !== '') options.push({ value, label: value, kind: 'address', detail })
      }
    }
  }
  return options
}

function addressOptions(state: HostState): readonly EndpointOption[] {
  const options = [...containerAddressOptions(state)]
  for (const network of state.networks) {
    for (const { gateway } of network.subnets) {
      const detail = `gateway of ${network.name}`
      if (gateway !== null && gateway !== '') options.push({ value: gateway, label: gateway, kind: 'address', detail })
    }
  }
  return options
}
