import type { Container, DockerNetwork, Endpoint } from '../host/container.ts'
import type { HostState } from '../host/host-state.ts'
import { nearestGeneration } from '../synth/from-api/plan-from-api.ts'
import { OPTION } from '../synth/plan/option-names.ts'
import {
  type DaemonOptions,
  SCENE_SCHEMA,
  type Scene,
  type SceneContainer,
  type SceneMemory,
  type SceneNetwork,
  type SceneSubnet,
} from '../synth/scene/scene.ts'
import { sceneContainer } from './scene-container.ts'
import { sceneHost } from './scene-host.ts'

/** A scene of a real host, and what of the host it leaves out, one sentence each. */
export interface SceneOfHost {
  readonly scene: Scene
  readonly left: readonly string[]
}

const DRIVERS = ['bridge', 'macvlan', 'ipvlan'] as const

/**
 * Returns the scene that a host's networks, containers, cards and routes make, with the subnets, addresses and ports that
 * Docker has given. What a scene has no words for is left out and told. Rules are not looked at: see findForeignRules.
 */
export function sceneFromHost(state: HostState): SceneOfHost {
  const left: string[] = []
  const networks = state.networks.flatMap((network) => sceneNetwork(state, network, left))
  const known = new Set(['bridge', ...networks.map(({ name }) => name)])
  const inOrder = [...state.containers].sort(
    (a, b) => Number(a.networkMode.startsWith('container:')) - Number(b.networkMode.startsWith('container:')),
  )
  const containers = inOrder.map((container) => sceneContainer(state, container, known, left))
  const scene: Scene = {
    schema: SCENE_SCHEMA,
    name: state.hostname,
    engine: { generation: nearestGeneration(state.engine.generation), options: daemonOptions(state) },
    host: sceneHost(state, left),
    networks,
    containers,
    names: [],
    memory: memoryOf(state.containers, known, containers),
  }
  return { scene, left }
}

function daemonOptions({ engine, networks }: HostState): DaemonOptions {
  const bridge = networks.find(({ name }) => name === 'bridge')
  const four = bridge?.subnets.find(({ family }) => family === 4)
  const gateway = four === undefined || bridge === undefined ? null : (four.gateway ?? null)
  const six = bridge?.ipv6 === true ? bridge.subnets.find(({ family }) => family === 6) : undefined
  const mtu = Number(bridge?.options[OPTION.mtu] ?? 0)
  const ip = bridge?.options[OPTION.bindTo]
  return {
    icc: bridge?.options[OPTION.icc] !== 'false',
    'ip-masq': bridge?.options[OPTION.masquerade] !== 'false',
    ...(engine.userlandProxy === null ? {} : { 'userland-proxy': engine.userlandProxy }),
    ...(four === undefined ? {} : { bip: bipOf(four.prefix, gateway) }),
    ...(four?.ipRange === null || four?.ipRange === undefined ? {} : { 'fixed-cidr': four.ipRange }),
    ...(six === undefined ? {} : { ipv6: true, 'fixed-cidr-v6': six.prefix }),
    ...(mtu === 0 ? {} : { mtu }),
    ...(ip === undefined ? {} : { ip }),
  }
}

/** Where the gateway is not told it is the first address, as dockerd has it. */
function bipOf(prefix: string, gateway: string | null): string {
  const [network = '', length = ''] = prefix.split('/')
  const first = network.replace(/\d+$/, (last) => String(Number(last) + 1))
  return `${gateway ?? first}/${length}`
}

function sceneNetwork(state: HostState, network: DockerNetwork, left: string[]): readonly SceneNetwork[] {
  const { name, options } = network
  if (['bridge', 'host', 'none'].includes(name)) return []
  const driver = DRIVERS.find((known) => known === network.driver)
  if (driver === undefined) {
    left.push(`network ${name} is of driver ${network.driver}, which is not simulated`)
    return []
  }
  const parent = options['parent']
  const isCard = state.namespaces[0]?.interfaces.some((device) => device.name === parent) === true
  if (driver !== 'bridge' && !isCard) {
    left.push(`network ${name} sits on ${parent ?? 'no device'}, which is not a card of this host`)
    return []
  }
  const bridge = driver === 'bridge' && network.bridge !== null ? { [OPTION.name]: network.bridge } : {}
  return [
    {
      name,
      driver,
      subnets: network.subnets.map((subnet) => sceneSubnet(state, network, subnet)),
      ipv4: network.subnets.some(({ family }) => family === 4),
      ipv6: network.ipv6,
      internal: network.internal,
      attachable: network.attachable,
      options: { ...options, ...bridge },
    },
  ]
}

function sceneSubnet(
  state: HostState,
  network: DockerNetwork,
  { family, prefix, gateway, ipRange }: DockerNetwork['subnets'][number],
): SceneSubnet {
  const device = state.namespaces[0]?.interfaces.find(({ name }) => name === network.bridge)
  const own = device?.addresses.find((one) => one.family === family && one.scope === 'global')?.address
  const asked = gateway?.split('/')[0] ?? own
  return {
    subnet: prefix,
    ...(asked === undefined ? {} : { gateway: asked }),
    ...(ipRange === null ? {} : { ipRange }),
  }
}

/** What was given stays given, so that what comes next gets what is free. */
function memoryOf(
  containers: readonly Container[],
  known: ReadonlySet<string>,
  made: readonly SceneContainer[],
): SceneMemory {
  const held = containers.flatMap((container) =>
    container.endpoints
      .filter(({ networkName }) => container.pid !== 0 && known.has(networkName))
      .map((endpoint) => [`${container.name} ${endpoint.networkName}`, addressesOf(endpoint)] as const),
  )
  const modes = modesOf(containers, made)
  return {
    addresses: Object.fromEntries(held),
    ...(modes.length === 0 ? {} : { modes: Object.fromEntries(modes) }),
  }
}

/** `default` is no network's name, and the network that a container was made in may have been left since. */
function modesOf(containers: readonly Container[], made: readonly SceneContainer[]): readonly (readonly string[])[] {
  return containers.flatMap(({ name, networkMode }) => {
    const { networks } = made.find((one) => one.name === name) ?? {}
    return networks === undefined || networks[0]?.network === networkMode ? [] : [[name, networkMode] as const]
  })
}

function addressesOf({ ipv4, ipv6 }: Endpoint): readonly string[] {
  return [ipv4, ipv6].flatMap((address) => (address === null ? [] : [address]))
}
