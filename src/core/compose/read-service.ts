import { canonicalAddress } from '../net/address.ts'
import { parseListen } from '../synth/scene/port-spec.ts'
import { child, type ComposeNode, describeNode, isNull, type Place } from './node.ts'
import type { NoteBook } from './notes.ts'
import type { ComposeService, Placed } from './project.ts'
import { readDependencies, readLinks } from './read-dependencies.ts'
import { readExtraHosts } from './read-hosts.ts'
import { checkKeys, readEntries, readInteger, readPairs, readScalar, readText, readTexts } from './read-node.ts'
import { readExposes, readPorts } from './read-port.ts'
import { readMac, readServiceNetworks } from './read-service-network.ts'
import { noteServiceKeys } from './service-keys.ts'

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/
const DEPLOY_KEYS = [
  'mode',
  'endpoint_mode',
  'replicas',
  'labels',
  'rollback_config',
  'update_config',
  'resources',
  'restart_policy',
  'placement',
]
/** More containers of one service than anyone starts, and few enough to draw. */
const MOST_REPLICAS = 1000

/** Returns one service; `place` is that of its key. Null for what is no service at all. */
export function readService(name: string, node: ComposeNode, place: Place, notes: NoteBook): ComposeService | null {
  const what = `services.${name}`
  const entries = readEntries(node, what, notes)
  if (node.kind !== 'map') return null
  noteServiceKeys(name, entries, notes)
  const at = (key: string): ComposeNode | undefined => child(node, key)
  const of = (key: string): string => `${what}.${key}`
  const links = readLinks(at('links'), of('links'), notes)
  const mac = at('mac_address')
  const macText = readMac(mac, of('mac_address'), notes)
  const image = readText(at('image'), of('image'), notes)
  if (image === null && at('build') === undefined && at('provider') === undefined)
    notes.problem(`service "${name}" has neither an image nor a build`, place)
  return {
    name,
    place,
    image,
    containerName: readContainerName(at('container_name'), of('container_name'), notes),
    scale: at('provider') === undefined ? readScale(node, what, notes) : 0,
    networkMode: readNetworkMode(node, name, notes),
    networks: readServiceNetworks(at('networks'), of('networks'), notes),
    ports: readPorts(at('ports'), of('ports'), notes),
    exposes: readExposes(at('expose'), of('expose'), notes),
    listens: readListens(at('x-hopwire'), of('x-hopwire'), notes),
    dependencies: readDependencies(node, links, what, notes),
    links,
    externalLinks: readLinks(at('external_links'), of('external_links'), notes),
    extraHosts: readExtraHosts(at('extra_hosts'), of('extra_hosts'), notes),
    dns: readServers(at('dns'), of('dns'), notes),
    dnsSearch: readTexts(at('dns_search'), of('dns_search'), notes, true).map(({ text }) => text),
    hostname: readText(at('hostname'), of('hostname'), notes),
    mac: mac === undefined || macText === null ? null : { text: macText, place: mac.place },
    labels: readPairs(at('labels'), of('labels'), notes),
    profiles: readTexts(at('profiles'), of('profiles'), notes).map(({ text }) => text),
  }
}

function readContainerName(node: ComposeNode | undefined, what: string, notes: NoteBook): Placed | null {
  const text = readText(node, what, notes)
  if (text === null || node === undefined) return null
  if (!NAME.test(text))
    notes.problem(`${JSON.stringify(text)} is no name of a container (two or more letters, digits, _ . -)`, node.place)
  return { text, place: node.place }
}

/** `scale` and `deploy.replicas` must agree (compose-go:loader/validate.go). */
function readScale(service: ComposeNode, what: string, notes: NoteBook): number {
  const asked = child(service, 'scale')
  const deploy = child(service, 'deploy')
  const replicas = child(deploy, 'replicas')
  const scale = readInteger(asked, `${what}.scale`, 0, MOST_REPLICAS, notes)
  const count = readInteger(replicas, `${what}.deploy.replicas`, 0, MOST_REPLICAS, notes)
  if (deploy !== undefined) checkKeys(deploy, DEPLOY_KEYS, `${what}.deploy`, notes)
  for (const [key, entry] of deploy === undefined || isNull(deploy) ? [] : readEntries(deploy, `${what}.deploy`, notes))
    if (key !== 'replicas') notes.leaveOut(`${what}.deploy.${key}`, entry.place)
  if (asked !== undefined && scale !== null && count !== null && scale !== count)
    notes.problem(`${what}.scale and deploy.replicas say two numbers, ${scale} and ${count}`, asked.place)
  return scale ?? count ?? 1
}

function readNetworkMode(service: ComposeNode, name: string, notes: NoteBook): Placed | null {
  const node = child(service, 'network_mode')
  const text = readText(node, `services.${name}.network_mode`, notes)
  if (node === undefined || text === null || text === '') return null
  const networks = child(service, 'networks')
  const isEmpty =
    networks === undefined || (networks.kind === 'list' ? networks.items : [...readKeys(networks)]).length === 0
  if (!isEmpty)
    notes.problem(`service "${name}" has network_mode and networks: compose takes one of the two`, node.place)
  return { text, place: node.place }
}

function readKeys(node: ComposeNode): Iterable<string> {
  return node.kind === 'map' ? node.entries.keys() : []
}

function readServers(node: ComposeNode | undefined, what: string, notes: NoteBook): readonly string[] {
  return readTexts(node, what, notes, true).flatMap(({ text, place }) => {
    // compose-go:loader/omitEmpty.go leaves out empty ones, which variables make.
    if (text === '') return []
    const address = canonicalAddress(text)
    if (address === null) notes.problem(`${JSON.stringify(text)} in ${what} is no IP address of a name server`, place)
    return address === null ? [] : [address]
  })
}

/** `x-hopwire: {listens: [5432/tcp]}`: compose passes over it, and nothing else in a compose file says it. */
function readListens(node: ComposeNode | undefined, what: string, notes: NoteBook): readonly string[] | null {
  const listens = child(node, 'listens')
  if (listens === undefined) return null
  if (listens.kind !== 'list') {
    notes.problem(`${what}.listens is a list, this is ${describeNode(listens)}`, listens.place)
    return []
  }
  return listens.items.flatMap((item) => {
    const text = readScalar(item, `an entry of ${what}.listens`, notes)
    if (text === null) return []
    const full = text.includes('/') ? text : `${text}/tcp`
    if (parseListen(full) !== null) return [full]
    notes.problem(`${JSON.stringify(text)} in ${what}.listens is no socket (5432/tcp, 127.0.0.1:53/udp)`, item.place)
    return []
  })
}
