import { canonicalAddress } from '../net/address.ts'
import { canonicalPrefix } from '../net/prefix.ts'
import type { SceneSubnet } from '../synth/scene/scene.ts'
import { child, type ComposeNode, describeNode, isNull, type Place } from './node.ts'
import type { NoteBook } from './notes.ts'
import type { ComposeNetwork } from './project.ts'
import { checkKeys, readEntries, readFlag, readPairs, readScalar, readText } from './read-node.ts'

const NETWORK_KEYS = [
  'name',
  'driver',
  'driver_opts',
  'ipam',
  'external',
  'internal',
  'enable_ipv4',
  'enable_ipv6',
  'attachable',
  'labels',
]
const SUBNET_KEYS = ['subnet', 'ip_range', 'gateway', 'aux_addresses']
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/

/** Returns one network under `networks:`; `place` is that of its key. */
export function readNetwork(
  key: string,
  node: ComposeNode,
  place: Place,
  project: string,
  notes: NoteBook,
): ComposeNetwork {
  const what = `networks.${key}`
  const values = isNull(node) ? [] : readEntries(node, what, notes)
  checkKeys(node, NETWORK_KEYS, what, notes)
  const { external, name } = readName(key, node, project, notes)
  if (!NAME.test(name)) notes.problem(`"${name}" is no name of a network (letters, digits, _ . -)`, place)
  const at = (field: string): ComposeNode | undefined => child(node, field)
  if (external)
    for (const [field, entry] of values)
      if (!['name', 'external'].includes(field) && !field.startsWith('x-'))
        notes.warn(`${what} is external: compose does not look at its ${field}`, entry.place)
  const described: ComposeNetwork = {
    key,
    place,
    name,
    external,
    driver: readDriver(at('driver'), what, notes),
    subnets: readIpam(at('ipam'), what, notes),
    ipv4: readFlag(at('enable_ipv4'), `${what}.enable_ipv4`, notes),
    ipv6: readFlag(at('enable_ipv6'), `${what}.enable_ipv6`, notes),
    internal: readFlag(at('internal'), `${what}.internal`, notes) ?? false,
    attachable: readFlag(at('attachable'), `${what}.attachable`, notes) ?? false,
    options: readOptions(at('driver_opts'), `${what}.driver_opts`, notes),
    labels: readPairs(at('labels'), `${what}.labels`, notes),
  }
  if (!external) return described
  return {
    ...described,
    driver: 'bridge',
    subnets: [],
    ipv4: null,
    ipv6: null,
    internal: false,
    options: {},
    labels: {},
  }
}

/** A network that is not external is named after its project, one that is as its key, unless `name` says otherwise. */
function readName(
  key: string,
  node: ComposeNode,
  project: string,
  notes: NoteBook,
): { readonly external: boolean; readonly name: string } {
  const what = `networks.${key}`
  const asked = child(node, 'external')
  const isOld = asked?.kind === 'map'
  const external = isOld ? true : (readFlag(asked, `${what}.external`, notes) ?? false)
  const name = readText(child(node, 'name'), `${what}.name`, notes)
  const old = readText(isOld ? child(asked, 'name') : undefined, `${what}.external.name`, notes)
  if (asked !== undefined && name !== null && old !== null && name !== old)
    notes.problem(`${what} has two names, "${name}" and "${old}": compose wants name alone`, asked.place)
  return { external, name: name ?? old ?? (external ? key : `${project}_${key}`) }
}

/** Options are texts or numbers. */
function readOptions(node: ComposeNode | undefined, what: string, notes: NoteBook): Readonly<Record<string, string>> {
  const entries = readEntries(node, what, notes).flatMap(([key, { value }]) => {
    if (value.kind === 'scalar' && typeof value.value === 'boolean') {
      notes.problem(`${what}.${key} is a text or a number: put ${value.value} in quotes`, value.place)
      return []
    }
    const text = readScalar(value, `${what}.${key}`, notes)
    return text === null ? [] : [[key, text] as const]
  })
  return Object.fromEntries(entries)
}

function readDriver(node: ComposeNode | undefined, what: string, notes: NoteBook): ComposeNetwork['driver'] {
  const driver = readText(node, `${what}.driver`, notes) ?? 'bridge'
  if (driver === 'bridge' || driver === 'macvlan' || driver === 'ipvlan') return driver
  if (driver !== '' && driver !== 'default' && node !== undefined)
    notes.problem(`the driver "${driver}" cannot be simulated: bridge, macvlan and ipvlan can`, node.place)
  return 'bridge'
}

function readIpam(node: ComposeNode | undefined, what: string, notes: NoteBook): readonly SceneSubnet[] {
  if (node === undefined) return []
  readEntries(node, `${what}.ipam`, notes)
  checkKeys(node, ['driver', 'config', 'options'], `${what}.ipam`, notes)
  const driver = child(node, 'driver')
  const word = readText(driver, `${what}.ipam.driver`, notes)
  if (driver !== undefined && word !== null && word !== 'default' && word !== '')
    notes.problem(`the IPAM driver "${word}" gives addresses that cannot be known`, driver.place)
  const options = child(node, 'options')
  if (options !== undefined)
    notes.warn(`${what}.ipam.options is for IPAM drivers of others: not carried over`, options.place)
  const config = child(node, 'config')
  if (config === undefined) return []
  if (config.kind !== 'list') {
    notes.problem(`${what}.ipam.config is a list, this is ${describeNode(config)}`, config.place)
    return []
  }
  return config.items.flatMap((item) => readSubnet(item, `${what}.ipam.config`, notes) ?? [])
}

function readSubnet(node: ComposeNode, what: string, notes: NoteBook): SceneSubnet | null {
  if (node.kind !== 'map') {
    notes.problem(`an entry of ${what} is a mapping (subnet: 10.0.0.0/24), this is ${describeNode(node)}`, node.place)
    return null
  }
  checkKeys(node, SUBNET_KEYS, what, notes)
  const asked = child(node, 'subnet')
  const subnet = readPrefix(asked, `${what}.subnet`, notes)
  const gateway = readAddress(child(node, 'gateway'), `${what}.gateway`, notes)
  const ipRange = readPrefix(child(node, 'ip_range'), `${what}.ip_range`, notes)
  const aux = readEntries(child(node, 'aux_addresses'), `${what}.aux_addresses`, notes).flatMap(([name, { value }]) => {
    const address = readAddress(value, `${what}.aux_addresses.${name}`, notes)
    return address === null ? [] : [[name, address] as const]
  })
  if (subnet === null) {
    if (asked === undefined && node.entries.size > 0)
      notes.problem(`an entry of ${what} has no subnet, and Docker takes the rest only with one`, node.place)
    return null
  }
  return {
    subnet,
    ...(gateway === null ? {} : { gateway }),
    ...(ipRange === null ? {} : { ipRange }),
    ...(aux.length === 0 ? {} : { aux: Object.fromEntries(aux) }),
  }
}

/** Returns an address in its canonical spelling; anything else is a problem. */
export function readAddress(node: ComposeNode | undefined, what: string, notes: NoteBook): string | null {
  const text = readText(node, what, notes)
  if (text === null || node === undefined) return null
  const address = canonicalAddress(text)
  if (address === null) notes.problem(`${JSON.stringify(text)} is no IP address (${what})`, node.place)
  return address
}

/** Bits behind the prefix are kept: whether Docker takes them is for its simulation to say. */
function readPrefix(node: ComposeNode | undefined, what: string, notes: NoteBook): string | null {
  const text = readText(node, what, notes)
  if (text === null || node === undefined) return null
  if (/^[^/]+\/\d+$/.test(text) && canonicalPrefix(text) !== null) return text
  notes.problem(`${JSON.stringify(text)} is no subnet such as 10.0.0.0/24 (${what})`, node.place)
  return null
}
