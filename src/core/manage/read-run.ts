import type { SceneEndpoint } from '../synth/scene/scene.ts'
import type { ContainerSpec, ManageAction } from './action.ts'
import { pairs } from './read-network-create.ts'
import { type KnownOptions, readOptions } from './read-options.ts'

const RUN: KnownOptions = {
  valued: {
    '--name': 'name',
    '--network': 'network',
    '--net': 'network',
    '--network-alias': 'alias',
    '--net-alias': 'alias',
    '--ip': 'ip',
    '--ip6': 'ip6',
    '-p': 'port',
    '--publish': 'port',
    '--expose': 'expose',
    '-e': 'env',
    '--env': 'env',
    '--dns': 'dns',
    '--add-host': 'host',
    '--label': 'label',
  },
  flags: { '-d': 'detach', '--detach': 'detach', '-i': 'input', '-t': 'terminal' },
}

/**
 * Reads what stands behind `docker run`; null where it is not understood whole, has no name or does not run on its own
 * (`-d`), or asks for addresses or names beside the network of another container. What listens inside is told from the
 * command, as the pages of the labs use it.
 */
export function readRun(words: readonly string[]): ManageAction | null {
  const read = readOptions(words, RUN, true)
  if (typeof read === 'string' || !read.flags.has('detach')) return null
  const [image, ...command] = read.words
  const { name, network, alias, ip, ip6, port, expose, env, dns, host, label } = read.values
  if (image === undefined || name?.[0] === undefined || (network?.length ?? 0) > 1) return null
  const place = attach(network?.[0] ?? 'default', {
    ...(alias === undefined ? {} : { aliases: alias }),
    ...(ip === undefined ? {} : { ipv4: ip.at(-1) as string }),
    ...(ip6 === undefined ? {} : { ipv6: ip6.at(-1) as string }),
  })
  if (place === null) return null
  const listens = listensOf(command)
  const container = {
    name: name[0],
    image,
    ...place,
    ...(port === undefined ? {} : { ports: port }),
    ...(expose === undefined ? {} : { exposes: expose.map((each) => (each.includes('/') ? each : `${each}/tcp`)) }),
    ...(env === undefined ? {} : { env }),
    ...(dns === undefined ? {} : { dns }),
    ...(host === undefined ? {} : { extraHosts: host }),
    ...pairs('labels', label),
    ...(command.length === 0 ? {} : { command }),
    ...(listens.length === 0 ? {} : { listens }),
  }
  return { kind: 'run-container', container }
}

type Asked = Pick<SceneEndpoint, 'aliases' | 'ipv4' | 'ipv6'>

/**
 * What is asked for of the default bridge, of `host` and of `none` is kept: Docker refuses it. The command line of 20.10
 * passes over it where `--network` is left out; newer ones tell its engine, which refuses.
 */
function attach(network: string, asked: Asked): Pick<ContainerSpec, 'networkMode' | 'networks'> | null {
  const asks = Object.keys(asked).length > 0
  if (network.startsWith('container:')) return asks ? null : { networkMode: network }
  if (network === 'host' || network === 'none')
    return { networkMode: network, ...(asks ? { networks: [{ network, ...asked }] } : {}) }
  if (network !== 'default') return { networks: [{ network, ...asked }] }
  return asks ? { networks: [{ network: 'bridge', ...asked }] } : {}
}

/** busybox's `httpd -f -p 5000` and `nc -lk -p 27017 -e cat`; the web server listens on 80 where no port is named. */
export function listensOf(command: readonly string[]): readonly string[] {
  const [program, ...words] = command
  const at = words.indexOf('-p')
  const port = at < 0 ? undefined : words[at + 1]
  if (program === 'httpd') return [`${port?.includes(':') ? port : (port ?? '80')}/tcp`]
  if (program === 'nc' && words.some((word) => word.startsWith('-l')) && port !== undefined) return [`${port}/tcp`]
  return []
}
