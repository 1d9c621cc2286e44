import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Outcome } from '../../protocol/contract.ts'

/** Certificates for `tcp://` with TLS, in PEM. */
export interface TlsFiles {
  readonly ca: string | null
  readonly cert: string | null
  readonly key: string | null
}

/** Where an engine's API is. `label` is what the user sees of it. */
export type Endpoint = { readonly label: string } & (
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: TlsFiles | null }
  | { readonly kind: 'ssh'; readonly host: string; readonly port: number; readonly user: string | null }
)

/** What the user said about the engine, on the command line. */
export interface EndpointChoice {
  readonly dockerHost?: string
  readonly context?: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Finds the engine in the order of Docker's own command line (cli/command: resolveContextName): `--docker-host`,
 * `--context`, DOCKER_HOST, DOCKER_CONTEXT, the current context of config.json, the first default socket that is there.
 * A context that does not exist, or a URL that is none, gives a failure.
 */
export function resolveEndpoint(choice: EndpointChoice, env: Environment = process.env): Outcome<Endpoint> {
  if (choice.dockerHost !== undefined) return parseDockerHost(choice.dockerHost, tlsFromEnvironment(env))
  if (choice.context !== undefined) return fromContext(choice.context, env)
  if (env['DOCKER_HOST']) return parseDockerHost(env['DOCKER_HOST'], tlsFromEnvironment(env))
  return fromContext(env['DOCKER_CONTEXT'] || currentContext(env), env)
}

/** Parses `unix://`, `npipe://`, `tcp://`, `http(s)://` and `ssh://` URLs; a bare `HOST:PORT` is tcp, as Docker has it. */
export function parseDockerHost(text: string, tls: TlsFiles | null = null): Outcome<Endpoint> {
  const socket = /^(?:unix|npipe):\/\/(.+)$/.exec(text)?.[1]
  if (socket !== undefined) return { ok: true, value: { kind: 'socket', path: socket, label: text } }
  let url: URL
  try {
    url = new URL(text.includes('://') ? text : `tcp://${text}`)
  } catch {
    return notAnAddress(text)
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (host === '') return notAnAddress(text)
  if (url.protocol === 'ssh:') {
    const user = url.username === '' ? null : decodeURIComponent(url.username)
    return { ok: true, value: { kind: 'ssh', host, port: Number(url.port || 22), user, label: text } }
  }
  const secure = url.protocol === 'https:' || tls !== null
  if (!['tcp:', 'http:', 'https:'].includes(url.protocol)) return notAnAddress(text)
  const port = Number(url.port || (secure ? 2376 : 2375))
  const files = secure ? (tls ?? { ca: null, cert: null, key: null }) : null
  return { ok: true, value: { kind: 'tcp', host, port, tls: files, label: text } }
}

function notAnAddress(text: string): Outcome<Endpoint> {
  const message = `${JSON.stringify(text)} is not the address of a Docker engine`
  return {
    ok: false,
    failure: { code: 'engine-unreachable', message, hint: 'write it like unix:///var/run/docker.sock' },
  }
}

function configFolder(env: Environment): string {
  return env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker')
}

function currentContext(env: Environment): string {
  try {
    const config = JSON.parse(readFileSync(join(configFolder(env), 'config.json'), 'utf8')) as Record<string, unknown>
    return typeof config['currentContext'] === 'string' ? config['currentContext'] : 'default'
  } catch {
    // No configuration is the usual case; a broken one is Docker's to complain about.
    return 'default'
  }
}

/** A context's folder is named by the SHA-256 of its name (cli/context/store). */
function fromContext(name: string, env: Environment): Outcome<Endpoint> {
  if (name === 'default' || name === '') return defaultSocket(env)
  const digest = createHash('sha256').update(name).digest('hex')
  const file = join(configFolder(env), 'contexts', 'meta', digest, 'meta.json')
  try {
    const meta = JSON.parse(readFileSync(file, 'utf8')) as { Endpoints?: { docker?: { Host?: unknown } } }
    const host = meta.Endpoints?.docker?.Host
    if (typeof host !== 'string') throw new Error('it has no Docker endpoint')
    return parseDockerHost(host, readTls(join(configFolder(env), 'contexts', 'tls', digest, 'docker')))
  } catch (error) {
    const why = existsSync(file) ? ` cannot be read: ${(error as Error).message}` : ' does not exist'
    const hint = '`docker context ls` lists the contexts'
    return { ok: false, failure: { code: 'engine-unreachable', message: `Docker context ${name}${why}`, hint } }
  }
}

function tlsFromEnvironment(env: Environment): TlsFiles | null {
  const folder = env['DOCKER_CERT_PATH'] || configFolder(env)
  return env['DOCKER_TLS_VERIFY'] ? (readTls(folder) ?? { ca: null, cert: null, key: null }) : null
}

function readTls(folder: string): TlsFiles | null {
  const read = (name: string): string | null => {
    const file = join(folder, name)
    return existsSync(file) ? readFileSync(file, 'utf8') : null
  }
  const files = { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') }
  return files.ca === null && files.cert === null ? null : files
}

/** Rootful Docker, Docker Desktop on macOS and on Linux, rootless Docker. */
function defaultSocket(env: Environment): Outcome<Endpoint> {
  const home = env['HOME'] || homedir()
  const runtime = env['XDG_RUNTIME_DIR']
  const candidates =
    process.platform === 'win32'
      ? ['//./pipe/docker_engine']
      : [
          '/var/run/docker.sock',
          join(home, '.docker/run/docker.sock'),
          join(home, '.docker/desktop/docker.sock'),
          ...(runtime ? [join(runtime, 'docker.sock')] : []),
        ]
  const path = candidates.find((candidate) => existsSync(candidate)) ?? candidates[0] ?? ''
  const scheme = process.platform === 'win32' ? 'npipe' : 'unix'
  return { ok: true, value: { kind: 'socket', path, label: `${scheme}://${path}` } }
}
