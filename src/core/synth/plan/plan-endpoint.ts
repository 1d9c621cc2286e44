import { contains, formatValue, toRange, toValue } from '../address/ip-range.ts'
import { digestHex, digestMac } from '../digest.ts'
import { bornAs } from '../scene/container-id.ts'
import type { SceneEndpoint } from '../scene/scene.ts'
import { type AskedPlace, findAskedProblem } from './find-asked-problem.ts'
import { devicePrefix } from './name-devices.ts'
import type { NetworkPlanner } from './plan-networks.ts'
import { noAddressLeft, whileSettingUp } from './words.ts'
import type { PlannedEndpoint, PlannedNetwork, PlannedSubnet } from './plan.ts'

/** Plans one attachment: its addresses, its MAC, and the names of its two ends. Null where Docker would refuse it. */
export function planEndpoint(
  planner: NetworkPlanner,
  container: string,
  asked: SceneEndpoint,
  network: PlannedNetwork,
  number: number,
  refuse: (message: string, atCreate: boolean) => null,
): PlannedEndpoint | null {
  const label = `${container} ${network.name}`
  // What is drawn at random stays when the container gets another name.
  const drawn = `${bornAs(planner.scene, container)} ${network.name}`
  const kept = planner.scene.memory?.addresses?.[label] ?? []
  const { generation } = planner.scene.engine
  const problem = findAskedProblem(generation, asked, placeOf(planner, network))
  if (problem !== null) return refuse(problem.message, problem.atCreate)
  const ipv4 = takeAddress(planner, network, network.ipv4, asked.ipv4, kept)
  if (ipv4 !== null && !ipv4.ok) return refuse(ipv4.message, false)
  const old = generation === 20
  // libnetwork/netutils: until 27 the MAC is made of the address, since then it is drawn.
  const mac = asked.mac ?? (old && ipv4 !== null ? macOfAddress(ipv4.value) : digestMac(`mac ${drawn}`))
  const fromMac = network.isDefaultBridge && old && asked.ipv6 === undefined && (network.ipv6?.length ?? 128) <= 80
  const ipv6 =
    fromMac && network.ipv6 !== null
      ? ({ ok: true, value: addressOfMac(network.ipv6.prefix, mac) } as const)
      : takeAddress(planner, network, network.ipv6, asked.ipv6, kept)
  if (ipv6 !== null && !ipv6.ok) return refuse(ipv6.message, false)
  return {
    network,
    asked,
    ipv4: ipv4?.value ?? null,
    ipv6: ipv6?.value ?? null,
    mac,
    device: `${devicePrefix(network)}${number}`,
    hostDevice: `veth${digestHex(`veth ${drawn}`, 7)}`,
  }
}

/** A subnet of a version that the network was made without is written down all the same, and nothing is given of it. */
function placeOf({ scene }: NetworkPlanner, { name, isDefaultBridge, ipv4, ipv6 }: PlannedNetwork): AskedPlace {
  const written = scene.networks.find((network) => network.name === name)?.subnets ?? []
  const subnetOf = (family: 4 | 6, planned: PlannedSubnet | null): string | null => {
    if (planned !== null) return planned.configured ? planned.prefix : null
    return written.find(({ subnet }) => toRange(subnet).family === family)?.subnet ?? null
  }
  return { name, isUserDefined: !isDefaultBridge, written: { 4: subnetOf(4, ipv4), 6: subnetOf(6, ipv6) } }
}

type Taken = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly message: string }

function takeAddress(
  planner: NetworkPlanner,
  network: PlannedNetwork,
  subnet: PlannedSubnet | null,
  asked: string | undefined,
  kept: readonly string[],
): Taken | null {
  if (subnet === null) return null
  const book = planner.books.get(`${network.name} ${subnet.family}`)
  if (book === undefined) return null
  const mine = kept.find((address) => contains(toRange(subnet.prefix), address))
  const again = asked === undefined && mine !== undefined ? book.take(mine) : null
  const taken = again?.ok === true ? again : book.take(asked)
  if (taken.ok) return taken
  const { generation } = planner.scene.engine
  const words = whileSettingUp(generation, taken.message)
  const message = asked === undefined ? noAddressLeft(generation, subnet.family, network) : words
  return { ok: false, message }
}

/** moby 20.10 netutils.GenerateMACFromIP. */
function macOfAddress(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
  return `02:42:${bytes.join(':')}`
}

/** 20.10 puts the MAC into the last six bytes of docker0's IPv6 addresses (bridge.go CreateEndpoint). */
function addressOfMac(prefix: string, mac: string): string {
  const low = BigInt(`0x${mac.replaceAll(':', '')}`)
  return formatValue(6, toRange(prefix).first | low)
}

/** Returns the address that the kernel gives a device on every link: fe80:: and the MAC as EUI-64. */
export function linkLocalAddress(mac: string): string {
  const bytes = mac.split(':')
  const first = (Number.parseInt(bytes[0] ?? '0', 16) ^ 2).toString(16).padStart(2, '0')
  const [, b = '', c = '', d = '', e = '', f = ''] = bytes
  return formatValue(6, toValue(`fe80::${first}${b}:${c}ff:fe${d}:${e}${f}`))
}
