import { isRecord, type JsonRecord, numberOf, recordOf, textOf, textsOf } from '../parse/json-value.ts'
import { explainEndpoints, recordsIn } from './explain-endpoints.ts'
import { explainField, listed } from './explain-field.ts'
import { explainPorts } from './explain-ports.ts'
import type { ExplainedField } from './inventory.ts'

/**
 * Explains what of `GET /containers/NAME/json` has a bearing on networking. `networks` are the inspected networks that it
 * is in. What is missing or of another type is left out; nothing is thrown.
 */
export function explainContainer(container: unknown, networks: readonly unknown[] = []): readonly ExplainedField[] {
  if (!isRecord(container)) return []
  const mode = textOf(recordOf(container, 'HostConfig'), 'NetworkMode') ?? 'default'
  return [
    ...explainState(container),
    ...explainField('HostConfig.NetworkMode', 'Network mode', mode, modeWords(mode)),
    ...explainSandbox(container, mode),
    ...explainEndpoints(container, recordsIn(networks)),
    ...explainPorts(container, mode),
    ...explainHostname(container, mode),
    ...explainNames(container, mode),
  ]
}

function explainState(container: JsonRecord): readonly ExplainedField[] {
  const status = textOf(recordOf(container, 'State'), 'Status')
  const isUp = recordOf(container, 'State')['Running'] === true
  return explainField(
    'State.Status',
    'State',
    status,
    status === 'paused'
      ? 'its processes stand still: its addresses and ports stay, and nobody answers'
      : isUp
        ? 'it has a network namespace with its devices, routes and rules'
        : 'it has no network namespace: its addresses and ports are free for others',
  )
}

function modeWords(mode: string): string {
  if (mode === 'host') return 'it has no network namespace of its own: it uses the host’s devices, addresses and ports'
  if (mode === 'none') return 'a network namespace with nothing but a loopback device'
  if (mode.startsWith('container:'))
    return 'it lives in the network namespace of that container: same addresses, same ports'
  if (mode === 'default' || mode === 'bridge')
    return 'the default bridge docker0: containers reach each other by address, not by name'
  return 'the network of its start; on networks that a user made, containers find each other by name'
}

function explainSandbox(container: JsonRecord, mode: string): readonly ExplainedField[] {
  const settings = recordOf(container, 'NetworkSettings')
  const pid = numberOf(recordOf(container, 'State'), 'Pid') ?? 0
  if (pid === 0) return []
  const where = mode === 'host' ? 'the host’s own namespace' : 'nsenter --net= with this path runs a program in it'
  return [
    ...explainField('NetworkSettings.SandboxKey', 'Network namespace', textOf(settings, 'SandboxKey'), where),
    ...explainField(
      'NetworkSettings.SandboxID',
      'Sandbox',
      textOf(settings, 'SandboxID'),
      'libnetwork’s id of that namespace',
    ),
    ...explainField(
      'State.Pid',
      'First process',
      String(pid),
      `nsenter -t ${pid} -n runs a program in its network namespace`,
    ),
  ]
}

function explainHostname(container: JsonRecord, mode: string): readonly ExplainedField[] {
  const name = textOf(recordOf(container, 'Config'), 'Hostname')
  const made = (textOf(container, 'Id') ?? '').startsWith(name ?? ' ')
  const given = isOwnMode(mode)
    ? 'given by --hostname; containers of its networks find it by this name, too'
    : 'given by --hostname; other containers do not find it by this name'
  const shared =
    mode === 'host' ? 'the host’s own' : mode.startsWith('container:') ? 'that of the other container' : null
  return explainField(
    'Config.Hostname',
    'Host name',
    name,
    shared ?? (made ? 'made of its id, since none was given' : given),
  )
}

/** Whether its first network is one that a user made: those have the embedded DNS server. */
function isOwnMode(mode: string): boolean {
  return !['default', 'bridge', 'host', 'none'].includes(mode) && !mode.startsWith('container:')
}

/** `/db:/web/store`: the container and, after its own name, the alias. */
function linkWords(link: string): string {
  const [target = '', alias = ''] = link.split(':')
  return `${target.replace(/^\//, '')} as ${alias.split('/').at(-1) ?? ''}`
}

function explainNames(container: JsonRecord, mode: string): readonly ExplainedField[] {
  const host = recordOf(container, 'HostConfig')
  const own = isOwnMode(mode)
  const servers = textsOf(host, 'Dns')
  return [
    ...explainField(
      'HostConfig.Dns',
      'Name servers',
      listed(servers) ?? resolverWords(mode, own),
      dnsWords(own, servers.length > 0),
    ),
    ...explainField(
      'HostConfig.DnsSearch',
      'Search domains',
      listed(textsOf(host, 'DnsSearch')),
      'added to short names, in this order',
    ),
    ...explainField(
      'HostConfig.DnsOptions',
      'Resolver options',
      listed(textsOf(host, 'DnsOptions')),
      'the options line of its resolv.conf',
    ),
    ...explainField(
      'HostConfig.Links',
      'Links',
      listed(textsOf(host, 'Links').map(linkWords)),
      'on the default bridge: the other one’s address is written into its /etc/hosts',
    ),
    ...explainField(
      'HostConfig.ExtraHosts',
      'Extra hosts',
      listed(textsOf(host, 'ExtraHosts')),
      'lines of its /etc/hosts, asked before any server',
    ),
  ]
}

function resolverWords(mode: string, own: boolean): string {
  if (own) return '127.0.0.11'
  if (mode === 'none') return 'none reached'
  return mode.startsWith('container:') ? 'those of the other container' : 'those of the host'
}

function dnsWords(own: boolean, given: boolean): string {
  if (own && given)
    return 'the embedded DNS server 127.0.0.11 is asked first, and passes on to these what is no container’s name'
  if (own)
    return 'the embedded DNS server: it knows the containers of its networks, and passes the rest on to the host’s servers'
  return given
    ? 'asked directly: there is no embedded DNS server here'
    : 'no embedded DNS server: containers’ names are not known here'
}
