import type { SceneEndpoint } from '../synth/scene/scene.ts'
import type { ManageAction } from './action.ts'
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
 * (`-d`). What listens inside is told from the command, as the pages of the labs use it.
 */
export function readRun(words: readonly string[]): ManageAction | null {
  const read = readOptions(words, RUN, true)
  if (typeof read === 'string' || !read.flags.has('detach')) return null
  const [image, ...command] = read.words
  const { name, network, alias, ip, port, expose, env, dns, host, label } = read.values
  if (image === undefined || name?.[0] === undefined || (network?.length ?? 0) > 1) return null
  const on = network?.[0]
  const listens = listensOf(command)
  const container = {
    name: name[0],
    image,
    ...(on === undefined ? {} : attach(on, alias, ip?.[0])),
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

function attach(
  network: string,
  aliases: readonly string[] | undefined,
  ipv4: string | undefined,
): { readonly networkMode: string } | { readonly networks: readonly SceneEndpoint[] } {
  if (network === 'host' || network === 'none' || network.startsWith('container:')) return { networkMode: network }
  const endpoint = {
    network,
    ...(aliases === undefined ? {} : { aliases }),
    ...(ipv4 === undefined ? {} : { ipv4 }),
  }
  return { networks: [endpoint] }
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
