import { type JsonRecord, textMapOf } from '../parse/json-value.ts'
import { readFlag } from '../synth/plan/check-options.ts'
import { OPTION } from '../synth/plan/option-names.ts'
import { explainField, memberPath } from './explain-field.ts'
import type { ExplainedField } from './inventory.ts'

/** What a network's options mean, by key, for a value of theirs (moby:libnetwork/drivers/bridge/labels.go, netlabel). */
const MEANINGS: Readonly<Record<string, readonly [string, (value: string) => string]>> = {
  [OPTION.name]: ['Bridge device', () => 'the name of the bridge on the host'],
  [OPTION.icc]: [
    'Between its containers',
    (value) =>
      readFlag(value) === false
        ? 'Docker’s rules drop what its containers send to each other'
        : 'its containers reach each other on all ports',
  ],
  [OPTION.masquerade]: [
    'Masquerading',
    (value) =>
      readFlag(value) === false
        ? 'packets leave the host with the container’s own address: the way back needs a route to it'
        : 'packets that leave the network get the address of the device they leave by',
  ],
  [OPTION.bindTo]: [
    'Publishes at',
    (value) =>
      `ports that name no address are published at ${value === '0.0.0.0' ? 'every address of the host' : `${value} alone`}`,
  ],
  [OPTION.mode4]: ['IPv4 gateway mode', modeWords],
  [OPTION.mode6]: ['IPv6 gateway mode', modeWords],
  [OPTION.trusted]: [
    'Trusted devices',
    (value) => `what comes in by ${value} may go straight to containers’ addresses`,
  ],
  [OPTION.inhibit4]: [
    'No address of its own',
    (value) =>
      readFlag(value) === true
        ? 'Docker gives the bridge no IPv4 address: the gateway is elsewhere'
        : 'the bridge has its gateway’s address',
  ],
  [OPTION.mtu]: [
    'MTU',
    (value) => `the longest packet of its devices, ${value} bytes; longer ones are cut up or refused`,
  ],
  [OPTION.leaveAs4]: ['Leaves as', (value) => `packets that leave the network get ${value} as their source (SNAT)`],
  [OPTION.leaveAs6]: [
    'Leaves as (IPv6)',
    (value) => `packets that leave the network get ${value} as their source (SNAT)`,
  ],
  'com.docker.network.bridge.default_bridge': [
    'Default bridge',
    () => 'where containers are that name no network; without the embedded DNS server',
  ],
  'com.docker.network.container_iface_prefix': [
    'Device names inside',
    (value) => `its devices in containers are ${value}0, ${value}1 and so on`,
  ],
  'com.docker.network.enable_ipv4': [
    'IPv4',
    (value) =>
      readFlag(value) === false ? 'its containers get no IPv4 address' : 'its containers get an IPv4 address',
  ],
  'com.docker.network.enable_ipv6': [
    'IPv6',
    (value) =>
      readFlag(value) === false ? 'its containers get no IPv6 address' : 'its containers get an IPv6 address',
  ],
  parent: ['Parent device', (value) => `its containers send and receive by the host’s device ${value}`],
  macvlan_mode: ['macvlan mode', macvlanWords],
  ipvlan_mode: ['ipvlan mode', ipvlanWords],
}

/** Explains the options of an inspected network, each by its key; one that is not known is there without a meaning. */
export function explainNetworkOptions(network: JsonRecord): readonly ExplainedField[] {
  return Object.entries(textMapOf(network, 'Options')).flatMap(([key, value]) => {
    const [label, meaning] = MEANINGS[key] ?? [
      key,
      () => 'not an option that Hopwire knows: the driver decides what it means',
    ]
    return explainField(memberPath('Options', key), label, value === '' ? '(empty)' : value, meaning(value))
  })
}

function modeWords(mode: string): string {
  switch (mode) {
    case 'nat':
      return 'published ports are let in and translated, all others are closed; what goes out is masqueraded'
    case 'nat-unprotected':
      return 'translated as with nat, and every port of a container is open to who can route to it'
    case 'routed':
      return 'nothing is translated: published ports are opened at the container’s own address'
    case 'isolated':
      return 'the bridge has no address, so the host itself is out of reach, too'
    default:
      return 'not a mode that Hopwire knows'
  }
}

function macvlanWords(mode: string): string {
  return mode === 'bridge'
    ? 'its containers reach each other and the LAN, but not the host'
    : 'see the kernel’s modes of macvlan; the host itself is out of reach in all of them'
}

function ipvlanWords(mode: string): string {
  if (mode === 'l2') return 'its containers share the parent’s MAC address and are part of its LAN'
  return mode.startsWith('l3')
    ? 'its containers are behind the host’s routing: the LAN needs a route to them'
    : 'not a mode that Hopwire knows'
}
