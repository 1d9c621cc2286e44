import type {
  DaemonOptions,
  Scene,
  SceneContainer,
  SceneEndpoint,
  SceneNetwork,
} from '../../../../src/core/synth/scene/scene.ts'

/** The image that every container of a built scene runs. */
const IMAGE = 'busybox:local'

/**
 * Returns the docker commands that build a scene, in the order of its lists: networks, then containers, each with its
 * further networks right after its start.
 */
export function dockerCommands(scene: Scene): readonly (readonly string[])[] {
  const old = scene.engine.generation === 20
  return [
    ...scene.networks.map((network) => createNetwork(network)),
    ...scene.containers.flatMap((container) => {
      const [first, ...others] = container.networks ?? []
      const connect = others.map((endpoint) => connectNetwork(endpoint, container.name, old))
      return [runContainer(container, first, old), ...connect, ...endState(container)]
    }),
  ]
}

function createNetwork(network: SceneNetwork): readonly string[] {
  const subnets = (network.subnets ?? []).flatMap(({ subnet, gateway, ipRange, aux = {} }) => [
    ...option('--subnet', subnet),
    ...option('--gateway', gateway),
    ...option('--ip-range', ipRange),
    ...Object.entries(aux).flatMap(([name, address]) => ['--aux-address', `${name}=${address}`]),
  ])
  return [
    'network',
    'create',
    ...option('--driver', network.driver),
    ...subnets,
    ...(network.ipv4 === false ? ['--ipv4=false'] : []),
    ...(network.ipv6 === true ? ['--ipv6'] : []),
    ...(network.internal === true ? ['--internal'] : []),
    ...(network.attachable === true ? ['--attachable'] : []),
    ...pairs('--opt', network.options),
    ...pairs('--label', network.labels),
    network.name,
  ]
}

function runContainer(container: SceneContainer, first: SceneEndpoint | undefined, old: boolean): readonly string[] {
  const created = container.state === 'created'
  return [
    ...(created ? ['create'] : ['run', '-d']),
    '--name',
    container.name,
    ...option('--hostname', container.hostname),
    ...option('--network', container.networkMode ?? firstNetwork(first, old)),
    ...(first === undefined ? [] : runEndpoint(first, old)),
    ...each('-p', container.ports),
    ...each('--expose', container.exposes),
    ...each('--dns', container.dns),
    ...each('--dns-search', container.dnsSearch),
    ...each('--add-host', container.extraHosts),
    ...each('--env', container.env),
    ...pairs('--label', container.labels),
    IMAGE,
    ...(container.command ?? ['sleep', '1000000']),
  ]
}

/** The priority has its place in the long form of `--network` alone. */
function firstNetwork(first: SceneEndpoint | undefined, old: boolean): string | undefined {
  if (first === undefined || first.priority === undefined || old)
    return first?.network === 'bridge' ? undefined : first?.network
  return `name=${first.network},gw-priority=${first.priority}`
}

function runEndpoint({ aliases, ipv4, ipv6, mac, links }: SceneEndpoint, _old: boolean): readonly string[] {
  return [
    ...each('--network-alias', aliases),
    ...option('--ip', ipv4),
    ...option('--ip6', ipv6),
    ...option('--mac-address', mac),
    ...each('--link', links),
  ]
}

function connectNetwork(endpoint: SceneEndpoint, container: string, old: boolean): readonly string[] {
  const { network, aliases, ipv4, ipv6, links, priority } = endpoint
  return [
    'network',
    'connect',
    ...each('--alias', aliases),
    ...option('--ip', ipv4),
    ...option('--ip6', ipv6),
    ...each('--link', links),
    ...(priority === undefined || old ? [] : ['--gw-priority', String(priority)]),
    network,
    container,
  ]
}

function endState({ name, state }: SceneContainer): readonly (readonly string[])[] {
  if (state === 'paused') return [['pause', name]]
  return state === 'exited' ? [['stop', '-t', '0', name]] : []
}

function option(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value]
}

function each(name: string, values: readonly string[] | undefined): readonly string[] {
  return (values ?? []).flatMap((value) => [name, value])
}

function pairs(name: string, values: Readonly<Record<string, string>> | undefined): readonly string[] {
  return Object.entries(values ?? {}).flatMap(([key, value]) => [name, `${key}=${value}`])
}

/** Returns what daemon.json needs for a scene. */
export function daemonConfig(options: DaemonOptions | undefined): Readonly<Record<string, unknown>> {
  return { ...options }
}

/** Returns the calls of iptables that a scene's user makes, each with its program. */
export function ruleCommands(scene: Scene): readonly (readonly string[])[] {
  return (scene.rules ?? []).map(({ family, command }) => [program(family), ...command.split(/\s+/)])
}

/** Returns the calls that take them back. */
export function undoCommands(scene: Scene): readonly (readonly string[])[] {
  return [...(scene.rules ?? [])].reverse().flatMap(({ family, command }) => {
    const words = command.split(/\s+/)
    const verb = words.findIndex((word) => /^-[AIDNPF]$/.test(word))
    const table = words.slice(0, verb)
    const [kind, chain = '', ...rest] = words.slice(verb)
    const body = kind === '-I' && /^\d+$/.test(rest[0] ?? '') ? rest.slice(1) : rest
    if (kind === '-A' || kind === '-I') return [[program(family), ...table, '-D', chain, ...body]]
    if (kind === '-N')
      return [
        [program(family), ...table, '-F', chain],
        [program(family), ...table, '-X', chain],
      ]
    return kind === '-P' ? [[program(family), ...table, '-P', chain, 'ACCEPT']] : []
  })
}

function program(family: 4 | 6 | undefined): string {
  return family === 6 ? 'ip6tables' : 'iptables'
}
