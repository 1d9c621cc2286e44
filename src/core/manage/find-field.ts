import { parsePortSpec } from '../synth/scene/port-spec.ts'
import type { SceneEndpoint } from '../synth/scene/scene.ts'
import type { ContainerSpec, ManageAction, NetworkSpec } from './action.ts'

/**
 * Returns the field of an action that Docker's words are about (`container.ports[1]`), or null where they are about all of
 * it or about something that is not known. The words are those of 20.10 and 28.
 */
export function fieldOf(action: ManageAction, message: string): string | null {
  switch (action.kind) {
    case 'create-network':
      return fieldOfNetwork(action.network, message)
    case 'connect':
      return aboutContainer(message) ? 'container' : fieldOfEndpoint(action.endpoint, 'endpoint', message)
    case 'disconnect':
      return aboutContainer(message) ? 'container' : 'network'
    case 'run-container':
      return fieldOfContainer(action.container, message)
    case 'rename-container':
      return /already in use|Invalid container name|same name/.test(message) ? 'to' : 'name'
    case 'remove-network':
    case 'container-verb':
    case 'remove-container':
      return 'name'
    case 'import-image':
      return 'file'
    case 'remove-image':
      return 'image'
    case 'prune-networks':
      return null
    default:
      return action satisfies never
  }
}

function aboutContainer(message: string): boolean {
  return /No such container|is marked for removal|is not running/.test(message)
}

function fieldOfNetwork({ subnets = [], options = {} }: NetworkSpec, message: string): string | null {
  if (/network with name .* already exists|on predefined|pre-defined|network name/.test(message)) return 'network.name'
  const found = subnets.findIndex(({ subnet, gateway, ipRange, aux = {} }) =>
    [subnet, gateway, ipRange, ...Object.values(aux)].some((text) => text !== undefined && hasWord(message, text)),
  )
  const index = found < 0 ? 0 : found
  const key = Object.keys(options).find(
    (each) => message.includes(each) || (options[each] !== '' && hasWord(message, options[each] ?? '')),
  )
  if (key !== undefined) return `network.options[${JSON.stringify(key)}]`
  if (/bridge name|numerical result out of range/i.test(message)) return 'network.options'
  if (/IPv4 or IPv6 must be enabled/.test(message)) return 'network.ipv4'
  if (subnets.length === 0) return /pool|subnet/i.test(message) ? 'network.subnets' : null
  if (/for gateway|gateway/i.test(message) && subnets[index]?.gateway !== undefined)
    return `network.subnets[${index}].gateway`
  if (/for range|ip-range/i.test(message)) return `network.subnets[${index}].ipRange`
  if (/aux-address|auxiliary|secondary ip address/i.test(message)) return `network.subnets[${index}].aux`
  return /pool|subnet|overlap/i.test(message) ? `network.subnets[${index}].subnet` : null
}

function fieldOfEndpoint(endpoint: SceneEndpoint, at: string, message: string): string | null {
  const { network, ipv4, ipv6, mac, links } = endpoint
  if (mac !== undefined && (hasWord(message, mac) || /\bMAC\b|mac-?address/i.test(message))) return `${at}.mac`
  if (/network .* not found|already exists in network|already connected|host network|private \(none\)/.test(message))
    return `${at}.network`
  const address = /address|subnet/i.test(message)
  if (ipv6 !== undefined && address && (hasWord(message, ipv6) || ipv4 === undefined)) return `${at}.ipv6`
  if (ipv4 !== undefined && address) return `${at}.ipv4`
  if (/available IPv[46]? ?addresses|addresses on this/.test(message)) return `${at}.network`
  if (links !== undefined && /link|could not get container/i.test(message)) return `${at}.links`
  return hasWord(message, network) && /network/.test(message) ? `${at}.network` : null
}

function fieldOfContainer(container: ContainerSpec, message: string): string | null {
  const { networks = [] } = container
  if (/container name .* is already in use|Invalid container name/.test(message)) return 'container.name'
  if (/No such image|invalid reference format|image .* not found/.test(message)) return 'container.image'
  const port = fieldOfPort(container, message)
  if (port !== null) return port
  if (/could not get container for|cannot link to|attached to default bridge/i.test(message))
    return 'container.networks[0].links'
  const conflict = /conflicting options: (.*) and the/.exec(message)?.[1]
  if (conflict !== undefined) return conflictField(conflict)
  if (/No such container|non running container|cannot join/.test(message)) return 'container.networkMode'
  if (/executable file not found|exec: |permission denied: unknown/.test(message)) return 'container.command'
  if (/hostname/i.test(message)) return 'container.hostname'
  if (/extra-?host|add-host/i.test(message)) return 'container.extraHosts'
  const named = networks.findIndex((one) => hasWord(message, one.network))
  const asked = networks.findIndex((one) =>
    [one.ipv4, one.ipv6, one.mac].some((text) => text !== undefined && hasWord(message, text)),
  )
  const fixed = networks.findIndex(({ ipv4, ipv6 }) => ipv4 !== undefined || ipv6 !== undefined)
  const index = [asked, named, fixed].find((each) => each >= 0)
  const endpoint = index === undefined ? undefined : networks[index]
  return endpoint === undefined ? null : fieldOfEndpoint(endpoint, `container.networks[${index}]`, message)
}

/** `Bind for 0.0.0.0:8080 failed`, `listen tcp4 0.0.0.0:8080: bind`, `bind host port for 0.0.0.0:8080:172.17.0.2:80/tcp`. */
function fieldOfPort({ ports = [] }: ContainerSpec, message: string): string | null {
  const told = /(?:Bind for|listen \w+|bind host port(?: for)?|host port) \S*?:(\d+)(?:[:/\s]|$)/i.exec(message)?.[1]
  if (told === undefined)
    return /port is already allocated|all ports are allocated/.test(message) ? 'container.ports' : null
  const index = ports.findIndex((text) => parsePortSpec(text)?.some(({ hostPort }) => hostPort === Number(told)))
  return index < 0 ? 'container.ports' : `container.ports[${index}]`
}

function conflictField(what: string): string | null {
  if (what === 'hostname') return 'container.hostname'
  if (what === 'dns') return 'container.dns'
  if (what.includes('host-to-IP')) return 'container.extraHosts'
  if (what.includes('exposing')) return 'container.exposes'
  return what.includes('publishing') ? 'container.ports' : 'container.networkMode'
}

/** Whether a text has a word as such: `10.0.0.1` is none of `10.0.0.10`. */
function hasWord(text: string, word: string): boolean {
  return text.split(/[\s"'(),]+|[:;.](?=\s|$)/).includes(word)
}
