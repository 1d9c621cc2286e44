/**
 * The Docker engine's API as far as Hopwire uses it. The only file that imports dockerode, and only when an engine is
 * wanted: its ssh and gRPC parts take a tenth of a second to load.
 */
import type { Duplex, Readable } from 'node:stream'
import type Docker from 'dockerode'
import type { Outcome } from '../../protocol/contract.ts'
import type { EngineName } from '../consent/consent.ts'
import { clientOptions } from './client-options.ts'
import { type ConsoleCalls, createConsoleCalls } from './console-calls.ts'
import type { Endpoint } from './endpoint.ts'
import { failureOf, statusOf } from './engine-error.ts'
import { createEngineRequests, type EngineRequests } from './engine-request.ts'
import { createHostCalls, type HostCalls } from './host-calls.ts'
import { inTime } from './in-time.ts'
import { type ExecResult, type FollowOptions, followExec, readExec, type RunningExec } from './run-exec.ts'
import { type StreamOptions, streamExec } from './stream-exec.ts'

export type { ExecResult } from './run-exec.ts'

/** A container as the list shows it. */
export interface ListedContainer {
  readonly id: string
  readonly name: string
  readonly running: boolean
  readonly labels: Readonly<Record<string, string>>
}

/** Calls reject with dockerode's errors; `failureOf` makes failures of them. */
export interface Engine {
  readonly endpoint: Endpoint
  readonly version: string
  readonly apiVersion: string
  /** `amd64`, `arm64` as Debian and Go name it. */
  readonly architecture: string
  /** Logs, and programs on a terminal. */
  readonly console: ConsoleCalls
  /** What the host is, and what happens to it. */
  readonly host: HostCalls
  /** What changes the host. */
  readonly requests: EngineRequests
  /** What tells this engine apart from others, for what is remembered of it. */
  name(): Promise<EngineName>
  listByLabel(label: string): Promise<readonly ListedContainer[]>
  hasImage(reference: string): Promise<boolean>
  loadImage(archive: Readable): Promise<void>
  /** Builds an image from a folder; `onLine` gets what the build says. */
  buildImage(
    folder: string,
    files: readonly string[],
    tag: string,
    args: Readonly<Record<string, string>>,
  ): Promise<void>
  /** Makes a container, attaches to its standard input and starts it; gives its id and that stream. */
  startContainer(name: string, settings: Docker.ContainerCreateOptions): Promise<{ id: string; stdin: Duplex }>
  exec(id: string, command: readonly string[], env: readonly string[], signal?: AbortSignal): Promise<ExecResult>
  /** Runs a program that ends by itself, and cleans up, when its standard input ends; see `followExec`. */
  follow(id: string, command: readonly string[], env: readonly string[], options: FollowOptions): Promise<ExecResult>
  /** Runs a program whose output is handed on while it runs; see `streamExec`. */
  stream(
    id: string,
    command: readonly string[],
    env: readonly string[],
    options: StreamOptions,
  ): Promise<Omit<ExecResult, 'stdout'>>
  /** Removes a container whatever its state; one that is gone, or on its way, is fine. */
  remove(id: string): Promise<void>
  /** Settles when a container runs no more, or is gone; rejects when it cannot be asked, or the signal fires. */
  untilEnded(id: string, signal: AbortSignal): Promise<void>
}

/** Debian's Docker 20.10 speaks 1.41. */
const oldestApi = '1.41'
const connectTimeoutMs = 10_000

/** Connects to an engine and asks its version; fails when it cannot be reached, is too old or denies permission. */
export async function connectEngine(endpoint: Endpoint): Promise<Outcome<Engine>> {
  try {
    const { default: Client } = await import('dockerode')
    const docker = new Client(clientOptions(endpoint))
    const version = await inTime(docker.version(), connectTimeoutMs)
    if (compareVersions(version.ApiVersion, oldestApi) < 0) {
      const message = `the Docker engine at ${endpoint.label} is too old: ${version.Version} (API ${version.ApiVersion})`
      return { ok: false, failure: { code: 'engine-too-old', message, hint: 'Hopwire needs Docker 20.10 or newer' } }
    }
    return { ok: true, value: makeEngine(docker, endpoint, version) }
  } catch (error) {
    return { ok: false, failure: failureOf(error, endpoint.label) }
  }
}

/** Compares dotted numbers; negative when the first is the older one. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0))
  for (let index = 0; index < Math.max(a?.length ?? 0, b?.length ?? 0); index += 1) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function makeEngine(docker: Docker, endpoint: Endpoint, version: Docker.DockerVersion): Engine {
  return {
    endpoint,
    version: version.Version,
    apiVersion: version.ApiVersion,
    architecture: version.Arch,
    console: createConsoleCalls(docker),
    requests: createEngineRequests(docker.modem),
    host: createHostCalls(docker, version),
    name: () => readName(docker, endpoint, version),
    listByLabel: (label) => listByLabel(docker, label),
    hasImage: (reference) =>
      docker
        .getImage(reference)
        .inspect()
        .then(
          () => true,
          (error) => (statusOf(error) === 404 ? false : Promise.reject(error)),
        ),
    loadImage: async (archive) => followProgress(docker, (await docker.loadImage(archive)) as Readable),
    buildImage: async (folder, files, tag, args) => {
      const stream = await docker.buildImage({ context: folder, src: [...files] }, { t: tag, buildargs: { ...args } })
      await followProgress(docker, stream as Readable)
    },
    startContainer: (name, settings) => startContainer(docker, name, settings),
    exec: async (id, command, env, signal) => {
      signal?.throwIfAborted()
      return readExec(await startExec(docker, id, command, env, false), signal)
    },
    follow: async (id, command, env, options) => {
      options.signal?.throwIfAborted()
      return followExec(await startExec(docker, id, command, env, true), options)
    },
    stream: async (id, command, env, options) => {
      options.signal.throwIfAborted()
      return streamExec(await startExec(docker, id, command, env, true), options)
    },
    remove: (id) => removeContainer(docker, id),
    untilEnded: async (id, signal) => {
      await docker.getContainer(id).wait({ condition: 'not-running', abortSignal: signal })
    },
  }
}

/** Podman makes up another id for each question (pkg/api/handlers/compat/info.go): there the address has to do. */
async function readName(docker: Docker, { label }: Endpoint, version: Docker.DockerVersion): Promise<EngineName> {
  const parts = (version as { readonly Components?: readonly { readonly Name?: string }[] | null }).Components ?? []
  if (parts.some(({ Name }) => Name?.startsWith('Podman'))) return { id: label, label }
  const { ID } = (await docker.info()) as { readonly ID?: string }
  return { id: ID || label, label }
}

async function listByLabel(docker: Docker, label: string): Promise<readonly ListedContainer[]> {
  const listed = await docker.listContainers({ all: true, filters: { label: [label] } })
  return listed.map(({ Id, Names, State, Labels }) => ({
    id: Id,
    name: Names[0]?.replace(/^\//, '') ?? Id,
    running: State === 'running',
    labels: Labels,
  }))
}

/** A failure after the headers were sent comes as an object in the stream, with status 200. */
function followProgress(docker: Docker, stream: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    const finished = (error: Error | null, lines: readonly { readonly error?: string }[]): void => {
      const failed = lines?.find((line) => line.error !== undefined)
      if (error !== null) reject(error)
      else if (failed !== undefined) reject(new Error(failed.error))
      else resolve()
    }
    docker.modem.followProgress(stream, finished)
  })
}

async function startContainer(
  docker: Docker,
  name: string,
  settings: Docker.ContainerCreateOptions,
): Promise<{ id: string; stdin: Duplex }> {
  const container = await docker.createContainer({ ...settings, name })
  try {
    const stdin = (await container.attach({ stream: true, stdin: true, hijack: true })) as unknown as Duplex
    await container.start()
    return { id: container.id, stdin }
  } catch (error) {
    await removeContainer(docker, container.id).catch(() => undefined)
    throw error
  }
}

async function startExec(
  docker: Docker,
  id: string,
  command: readonly string[],
  env: readonly string[],
  stdin: boolean,
): Promise<RunningExec> {
  const created = { Cmd: [...command], Env: [...env], AttachStdin: stdin, AttachStdout: true, AttachStderr: true }
  const exec = await docker.getContainer(id).exec(created)
  const stream = await exec.start({ hijack: true, stdin })
  const exitCode = async (): Promise<number | null> => {
    const { Running, ExitCode } = await exec.inspect()
    return Running ? null : (ExitCode ?? -1)
  }
  return { stream, exitCode }
}

async function removeContainer(docker: Docker, id: string): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true, v: true })
  } catch (error) {
    const status = statusOf(error)
    if (status !== 404 && status !== 409) throw error
  }
}
