import { formatValue, toRange } from '../address/ip-range.ts'
import { digestHex } from '../digest.ts'
import { OPTION } from './option-names.ts'
import { type NetworkPlanner, settleSubnet } from './plan-networks.ts'
import type { PlannedNetwork, PlannedSubnet } from './plan.ts'

const id = (name: string): string => digestHex(`network ${name}`, 64)

/** Plans docker0, which dockerd makes at its start from its own options (moby:daemon/daemon_unix.go initBridgeDriver). */
export function planDefaultBridge(planner: NetworkPlanner): PlannedNetwork | null {
  const { scene, daemon } = planner
  const options = scene.engine.options ?? {}
  const refuse = (message: string): null => {
    planner.refusals.push({ path: 'engine.options', message })
    return null
  }
  const ipv4 = planFour(planner, refuse)
  const ipv6 = daemon.ipv6 ? planSix(planner, refuse) : null
  if (ipv4 === null || (daemon.ipv6 && ipv6 === null)) return null
  return {
    name: 'bridge',
    id: id('bridge'),
    driver: 'bridge',
    device: 'docker0',
    isDefaultBridge: true,
    ipv4,
    ipv6,
    internal: false,
    attachable: false,
    icc: daemon.icc,
    masquerade: daemon.masquerade,
    mtu: daemon.mtu,
    bindTo: daemon.bindTo,
    trusted: [],
    options: {
      'com.docker.network.bridge.default_bridge': 'true',
      [OPTION.icc]: String(daemon.icc),
      [OPTION.masquerade]: String(daemon.masquerade),
      [OPTION.bindTo]: options.ip ?? '0.0.0.0',
      [OPTION.name]: 'docker0',
      [OPTION.mtu]: String(daemon.mtu),
    },
    labels: {},
  }
}

function planFour(planner: NetworkPlanner, refuse: (message: string) => null): PlannedSubnet | null {
  const options = planner.scene.engine.options ?? {}
  const { bip, 'fixed-cidr': fixed } = options
  const old = planner.scene.engine.generation === 20
  // Later ones take the range of containers for the whole where nothing else tells the subnet.
  const written = bip ?? (old ? undefined : fixed)
  const given = written === undefined ? planner.subnets.takeFirst(4) : planner.subnets.take(written, undefined)
  if (!given.ok) return refuse(given.message)
  const asked = {
    ...(bip === undefined ? {} : { gateway: bip.split('/')[0] ?? '' }),
    ...(fixed === undefined ? {} : { ipRange: fixed }),
  }
  // The bridge's address is the subnet's first one; 20.10 takes the first of the range of containers, whatever that is.
  const first = old && fixed !== undefined ? toRange(fixed).first : given.value.first + 1n
  const gateway = asked.gateway ?? formatValue(4, first)
  const settled = settleSubnet(planner, 'bridge', given.value, { ...asked, gateway }, false, refuse)
  if (settled === null) return null
  // 20.10 does not tell the address that it chose itself.
  const silent = bip === undefined && (old || fixed !== undefined)
  const gatewayTold = silent ? null : settled.gateway
  // It elects the subnet before it makes the network: to the network, it was asked for.
  const configured = written !== undefined || old
  return { ...settled, gatewayTold, mode: 'nat', leaveAs: null, configured }
}

function planSix(planner: NetworkPlanner, refuse: (message: string) => null): PlannedSubnet | null {
  const { generation, options = {} } = planner.scene.engine
  const fixed = options['fixed-cidr-v6']
  if (fixed === undefined && generation === 20)
    return refuse(
      'IPv6 is enabled for the default bridge, but no subnet is configured. Specify an IPv6 subnet using --fixed-cidr-v6',
    )
  const given = fixed === undefined ? planner.subnets.takeFirst(6) : planner.subnets.take(fixed, undefined)
  if (!given.ok) return refuse(given.message)
  const settled = settleSubnet(planner, 'bridge', given.value, undefined, false, refuse)
  if (settled === null) return null
  const gatewayTold = fixed === undefined ? settled.gateway : null
  const ipRange = generation === 20 ? null : (fixed ?? null)
  return { ...settled, gatewayTold, ipRange, mode: 'nat', leaveAs: null, configured: fixed !== undefined }
}

/** The two networks that are none: they need no addresses. */
export function planBareNetwork(name: 'host' | 'none'): PlannedNetwork {
  return {
    name,
    id: id(name),
    driver: name === 'host' ? 'host' : 'null',
    device: null,
    isDefaultBridge: false,
    ipv4: null,
    ipv6: null,
    internal: false,
    attachable: false,
    icc: true,
    masquerade: true,
    mtu: 0,
    bindTo: null,
    trusted: [],
    options: {},
    labels: {},
  }
}
