import { askedNetwork } from '../synth/scene/find-in-scene.ts'
import type { SceneEndpoint, SceneSubnet } from '../synth/scene/scene.ts'
import type { ContainerSpec, ManageAction, NetworkSpec } from './action.ts'
import { quoteShell } from './quote-shell.ts'

type Words = readonly string[]

/**
 * Returns the `docker` command that does the same as an action, on one line, quoted for a POSIX shell. A container of
 * several networks takes several commands, joined with `&&`: Docker before 25 knows only one network of `docker run`.
 */
export function formatCommand(action: ManageAction): string {
  return commandWords(action)
    .map((words) => quoteShell(['docker', ...words]))
    .join(' && ')
}

/** Returns the same commands as lists of words, each without the leading `docker`. */
export function commandWords(action: ManageAction): readonly Words[] {
  switch (action.kind) {
    case 'create-network':
      return [createNetwork(action.network)]
    case 'remove-network':
      return [['network', 'rm', action.name]]
    case 'prune-networks':
      return [['network', 'prune', '-f']]
    case 'connect':
      return [connect(action.container, action.endpoint)]
    case 'disconnect':
      return [['network', 'disconnect', action.network, action.container]]
    case 'run-container':
      return runContainer(action.container)
    case 'container-verb':
      return [[action.verb, action.name]]
    case 'rename-container':
      return [['rename', action.name, action.to]]
    case 'remove-container':
      return [['rm', '-f', action.name]]
    case 'import-image':
      return [['load', '-i', action.file]]
    case 'remove-image':
      return [['rmi', action.image]]
    default:
      return action satisfies never
  }
}

function createNetwork(network: NetworkSpec): Words {
  return [
    ...['network', 'create'],
    ...option('-d', network.driver),
    ...(network.subnets ?? []).flatMap(subnetOptions),
    ...flag('--ipv4', network.ipv4, true),
    ...flag('--ipv6', network.ipv6, false),
    ...flag('--internal', network.internal, false),
    ...flag('--attachable', network.attachable, false),
    ...pairs('-o', network.options),
    ...pairs('--label', network.labels),
    network.name,
  ]
}

function subnetOptions({ subnet, gateway, ipRange, aux }: SceneSubnet): Words {
  return [
    ...option('--subnet', subnet),
    ...option('--gateway', gateway),
    ...option('--ip-range', ipRange),
    ...pairs('--aux-address', aux),
  ]
}

/** The command has no place for a MAC address; see `commandGaps`. */
function connect(container: string, { network, aliases, ipv4, ipv6, links, priority }: SceneEndpoint): Words {
  return [
    ...['network', 'connect'],
    ...each('--alias', aliases),
    ...option('--ip', ipv4),
    ...option('--ip6', ipv6),
    ...each('--link', links),
    ...option('--gw-priority', priority?.toString()),
    network,
    container,
  ]
}

function runContainer(container: ContainerSpec): readonly Words[] {
  const [first, ...others] = container.networks ?? []
  const run = [
    ...['run', '-d', '--name', container.name],
    ...option('--network', container.networkMode ?? networkOption(first)),
    ...(first === undefined ? [] : endpointOptions(first)),
    ...each('-p', container.ports),
    ...each('-e', container.env),
    ...each('--dns', container.dns),
    ...each('--dns-search', container.dnsSearch),
    ...each('--add-host', container.extraHosts),
    ...option('--hostname', container.hostname),
    ...each('--expose', container.exposes),
    ...pairs('--label', container.labels),
    container.image,
    ...(container.command ?? []),
  ]
  return [run, ...others.map((endpoint) => connect(container.name, endpoint))]
}

/** The priority has its place in the long form of `--network` alone. */
function networkOption(first: SceneEndpoint | undefined): string | undefined {
  if (first?.priority === undefined) return askedNetwork(first)
  return `name=${first.network},gw-priority=${first.priority}`
}

function endpointOptions({ aliases, ipv4, ipv6, mac, links }: SceneEndpoint): Words {
  return [
    ...each('--network-alias', aliases),
    ...option('--ip', ipv4),
    ...option('--ip6', ipv6),
    ...option('--mac-address', mac),
    ...each('--link', links),
  ]
}

/** Returns what the command line cannot say of an action, one sentence each: the command does without it. */
export function commandGaps(action: ManageAction): readonly { readonly at: string; readonly message: string }[] {
  const message = 'docker network connect has no option for a MAC address: the command leaves it out'
  if (action.kind === 'connect') return action.endpoint.mac === undefined ? [] : [{ at: 'endpoint.mac', message }]
  if (action.kind !== 'run-container') return []
  return (action.container.networks ?? []).flatMap(({ mac }, index) =>
    index === 0 || mac === undefined ? [] : [{ at: `container.networks[${index}].mac`, message }],
  )
}

function option(name: string, value: string | undefined): Words {
  return value === undefined ? [] : [name, value]
}

/** What is as Docker has it anyway is not written. */
function flag(name: string, value: boolean | undefined, usual: boolean): Words {
  if (value === undefined || value === usual) return []
  return [value ? name : `${name}=false`]
}

function each(name: string, values: readonly string[] | undefined): Words {
  return (values ?? []).flatMap((value) => [name, value])
}

function pairs(name: string, values: Readonly<Record<string, string>> | undefined): Words {
  return Object.entries(values ?? {}).flatMap(([key, value]) => [name, `${key}=${value}`])
}
