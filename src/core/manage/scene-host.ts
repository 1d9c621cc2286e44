import type { HostState } from '../host/host-state.ts'
import type { Interface } from '../host/interface.ts'
import type { NetNamespace } from '../host/namespace.ts'
import { parseResolvConf } from '../host/resolv-conf.ts'
import type { Route } from '../host/route.ts'
import type { Socket } from '../host/socket.ts'
import { bracketed } from '../net/format-packet.ts'
import type { SceneHost, SceneNic, SceneRoute } from '../synth/scene/scene.ts'

/** Returns the host itself as one of a scene: its cards with their addresses and routes, and what listens. */
export function sceneHost(state: HostState, left: string[]): SceneHost {
  const [root] = state.namespaces
  if (root === undefined) return { hostname: state.hostname, nics: [] }
  const bridges = new Set(state.networks.flatMap(({ bridge }) => (bridge === null ? [] : [bridge])))
  const cards = root.interfaces.filter((device) => isCard(device, bridges))
  if (root.policyRules.some(({ priority }) => ![0, 32766, 32767].includes(priority)))
    left.push('the host routes by policy rules, which are left out')
  const servers = parseResolvConf(state.resolvConf ?? '').nameservers
  return {
    hostname: /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(state.hostname) ? state.hostname : 'host',
    nics: cards.map((card) => sceneNic(card, root.routes)),
    nameservers: servers,
    bridgeNetfilter: 'bridge/bridge-nf-call-iptables' in root.sysctls,
    forwarding: isForwardingOthers(root),
    listens: listensOf(root),
  }
}

/** What Docker made is made again: its bridges, and the ends of what is in containers. */
function isCard({ name, kind, master }: Interface, bridges: ReadonlySet<string>): boolean {
  return kind !== 'loopback' && master === null && !bridges.has(name) && name.length <= 15
}

/** Docker leaves the policy alone where somebody else had turned on forwarding before it. */
function isForwardingOthers({ rulesets, sysctls }: NetNamespace): boolean {
  const filter = rulesets.iptables?.find(({ family, name }) => family === 'ip' && name === 'filter')
  const policy = filter?.chains.find(({ name }) => name === 'FORWARD')?.policy
  return sysctls['ipv4/ip_forward'] === '1' && policy === 'ACCEPT'
}

function sceneNic({ name, mac, mtu, addresses }: Interface, routes: readonly Route[]): SceneNic {
  const own = addresses.filter(({ scope, tentative }) => scope === 'global' && tentative !== true)
  const prefixes = own.map(({ address, prefixLength }) => `${address}/${prefixLength}`)
  const ways = routes.filter((route) => isAdded(route, name)).map(sceneRoute)
  return {
    name,
    ...(mac === null ? {} : { mac }),
    mtu,
    addresses: prefixes,
    ...(ways.length === 0 ? {} : { routes: ways }),
  }
}

/** The routes of addresses come with these. */
function isAdded({ table, type, destination, nextHops, text }: Route, device: string): boolean {
  const [hop, ...more] = nextHops
  if (table !== 'main' || type !== 'unicast' || hop?.device !== device || more.length > 0) return false
  return hop.via !== null || !(text.includes('proto kernel') || destination.startsWith('fe80:'))
}

function sceneRoute({ destination, nextHops, metric }: Route): SceneRoute {
  const via = nextHops[0]?.via ?? null
  return {
    to: destination === '0.0.0.0/0' ? 'default' : destination,
    ...(via === null ? {} : { via }),
    ...(metric === 0 ? {} : { metric }),
  }
}

/** Returns what listens in a namespace, without what Docker has there: its proxies and its resolver. */
export function listensOf({ sockets }: NetNamespace): readonly string[] {
  return [...new Set((sockets ?? []).filter((socket) => !isDockers(socket)).map(listenOf))]
}

function isDockers({ address, process, proxyTo }: Socket): boolean {
  return proxyTo !== null || address === '127.0.0.11' || ['docker-proxy', 'dockerd'].includes(process?.name ?? '')
}

function listenOf({ address, port, protocol, ipv6Only }: Socket): string {
  const where = address === '::' && !ipv6Only ? '' : `${bracketed(address)}:`
  return `${where}${port}/${protocol}`
}
