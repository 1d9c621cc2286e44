import { isRecord, type JsonRecord, recordOf, recordsOf, textMapOf, textOf } from '../parse/json-value.ts'
import { OPTION } from '../synth/plan/option-names.ts'
import { explainField, listed, memberPath } from './explain-field.ts'
import { explainNetworkOptions } from './explain-network-options.ts'
import type { ExplainedField } from './inventory.ts'

/** Explains what `GET /networks/NAME` tells. What is missing or of another type is left out; nothing is thrown. */
export function explainNetwork(network: unknown): readonly ExplainedField[] {
  if (!isRecord(network)) return []
  const driver = textOf(network, 'Driver') ?? ''
  return [
    ...explainField('Driver', 'Driver', driver, driverWords(driver)),
    ...explainField('Scope', 'Scope', textOf(network, 'Scope'), scopeWords(textOf(network, 'Scope'))),
    ...explainBridge(network, driver),
    ...explainIpam(network),
    ...(driver === 'host' || driver === 'null' ? [] : explainFlags(network, driver)),
    ...explainNetworkOptions(network),
    ...explainContainers(network),
  ]
}

function explainFlags(network: JsonRecord, driver: string): readonly ExplainedField[] {
  const [own, none] = ['its containers get an IPv6 address', 'its containers get no IPv6 address']
  const closed =
    driver === 'bridge'
      ? 'no way out and none in: Docker drops what would leave it, and publishes no port of it'
      : 'its containers reach each other alone, not the LAN'
  const open =
    driver === 'bridge' ? 'its containers reach the outside through the host' : 'its containers are on the LAN'
  const joined = 'a container that belongs to no service may be connected, too: that matters in a swarm alone'
  return [
    ...explainFlag(network, 'EnableIPv4', 'IPv4', ['its containers get an IPv4 address', 'a network of IPv6 alone']),
    ...explainFlag(network, 'EnableIPv6', 'IPv6', [own, none]),
    ...explainFlag(network, 'Internal', 'Internal', [closed, open]),
    ...explainFlag(network, 'Attachable', 'Attachable', [joined, 'matters in a swarm alone']),
  ]
}

function driverWords(driver: string): string {
  switch (driver) {
    case 'bridge':
      return 'a bridge on this host; each container hangs on it by a pair of veth devices'
    case 'macvlan':
      return 'each container is a machine of its own on the LAN, with its own MAC address; the host itself cannot reach it'
    case 'ipvlan':
      return 'each container shares the MAC address of the host’s device and has an address of its own'
    case 'host':
      return 'no network of its own: containers use the host’s'
    case 'null':
      return 'a loopback device and nothing else'
    case 'overlay':
      return 'a network across the hosts of a swarm (VXLAN)'
    default:
      return 'a driver that Hopwire does not know'
  }
}

function scopeWords(scope: string | null): string {
  return scope === 'local' ? 'it is known on this host alone' : 'it is known to the hosts of a swarm'
}

/** Without a name of its own a bridge is named after the network's id (moby:libnetwork/drivers/bridge). */
function explainBridge(network: JsonRecord, driver: string): readonly ExplainedField[] {
  if (driver !== 'bridge' || textMapOf(network, 'Options')[OPTION.name] !== undefined) return []
  const id = textOf(network, 'Id') ?? ''
  return explainField(
    'Id',
    'Bridge device',
    id === '' ? null : `br-${id.slice(0, 12)}`,
    'named after the network’s id, since no name was given',
  )
}

function explainIpam(network: JsonRecord): readonly ExplainedField[] {
  const ipam = recordOf(network, 'IPAM')
  const driver = textOf(ipam, 'Driver')
  const own = driver === 'default' ? null : driver
  const gateway =
    textOf(network, 'Driver') === 'bridge'
      ? 'the bridge’s own address, and the next hop of its containers'
      : 'the router of the LAN that its containers send to'
  return [
    ...explainField('IPAM.Driver', 'Address driver', own, 'addresses are given by this driver, not by Docker itself'),
    ...recordsOf(ipam, 'Config').flatMap((config, index) => explainSubnet(config, `IPAM.Config[${index}]`, gateway)),
  ]
}

function explainSubnet(config: JsonRecord, path: string, gatewayWords: string): readonly ExplainedField[] {
  const subnet = textOf(config, 'Subnet') ?? ''
  const aux = Object.entries(textMapOf(config, 'AuxiliaryAddresses')).map(([name, address]) => `${name} ${address}`)
  return [
    ...explainField(`${path}.Subnet`, 'Subnet', subnet, 'addresses of its containers are of this range'),
    ...explainField(`${path}.Gateway`, 'Gateway', textOf(config, 'Gateway'), gatewayWords),
    ...explainField(
      `${path}.IPRange`,
      'Address range',
      textOf(config, 'IPRange'),
      'Docker gives addresses out of this part alone; others may be asked for',
    ),
    ...explainField(`${path}.AuxiliaryAddresses`, 'Reserved addresses', listed(aux), 'given to no container'),
  ]
}

function explainFlag(
  network: JsonRecord,
  key: string,
  label: string,
  [yes, no]: readonly [string, string],
): readonly ExplainedField[] {
  const value = network[key]
  return typeof value === 'boolean' ? explainField(key, label, value ? 'yes' : 'no', value ? yes : no) : []
}

function explainContainers(network: JsonRecord): readonly ExplainedField[] {
  const containers = recordOf(network, 'Containers')
  return Object.keys(containers).flatMap((id) => {
    const one = recordOf(containers, id)
    const addresses = [textOf(one, 'IPv4Address'), textOf(one, 'IPv6Address')].filter(
      (text) => text !== null && text !== '',
    )
    const mac = textOf(one, 'MacAddress') ?? ''
    const value = [...addresses, mac].filter((text) => text !== '').join(', ')
    const path = memberPath('Containers', id)
    const name = textOf(one, 'Name') ?? id.slice(0, 12)
    return explainField(
      path,
      `Container ${name}`,
      value === '' ? 'connected' : value,
      'it runs and is connected here; stopped ones are not told of',
    )
  })
}
