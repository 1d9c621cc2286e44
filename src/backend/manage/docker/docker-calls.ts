import { isRecord, type JsonRecord, numberOf, textOf, textsOf } from '../../../core/parse/json-value.ts'
import { type EngineRequest, type EngineRequests, pathOf } from '../../docker/engine-request.ts'
import type { ApiObject } from './api-bodies.ts'

/** The engine's calls that the manager makes, by what they do. They reject with the engine's errors. */
export class DockerCalls {
  readonly #requests: EngineRequests

  constructor(requests: EngineRequests) {
    this.#requests = requests
  }

  async inspectContainer(name: string): Promise<JsonRecord> {
    return toRecord(await this.#get(pathOf`/containers/${name}/json`))
  }

  /** By name first: the engine itself would also take the beginning of an id. */
  async inspectNetwork(name: string): Promise<JsonRecord> {
    return toRecord(await this.#get(pathOf`/networks/${name}`))
  }

  async inspectImage(name: string): Promise<JsonRecord> {
    return toRecord(await this.#get(pathOf`/images/${name}/json`))
  }

  /** All of them, running or not. */
  async listContainers(): Promise<readonly JsonRecord[]> {
    return toRecords(await this.#get('/containers/json', { all: true }))
  }

  async listNetworks(): Promise<readonly JsonRecord[]> {
    return toRecords(await this.#get('/networks'))
  }

  async listImages(): Promise<readonly JsonRecord[]> {
    return toRecords(await this.#get('/images/json'))
  }

  /** Gives what the engine warns of. */
  async createNetwork(body: ApiObject): Promise<readonly string[]> {
    const warning = textOf(toRecord(await this.#post('/networks/create', {}, body)), 'Warning')
    return warning === null || warning === '' ? [] : [warning]
  }

  async removeNetwork(name: string): Promise<void> {
    await this.#requests.request({ method: 'DELETE', path: pathOf`/networks/${name}` })
  }

  /** Gives the names of those that went. */
  async pruneNetworks(): Promise<readonly string[]> {
    return textsOf(toRecord(await this.#post('/networks/prune')), 'NetworksDeleted')
  }

  async connect(network: string, container: string, endpoint: ApiObject): Promise<void> {
    await this.#post(pathOf`/networks/${network}/connect`, {}, { Container: container, EndpointConfig: endpoint })
  }

  async disconnect(network: string, container: string, force = false): Promise<void> {
    await this.#post(pathOf`/networks/${network}/disconnect`, {}, { Container: container, Force: force })
  }

  /** Gives the new container's id, and what the engine warns of. */
  async createContainer(name: string, body: ApiObject): Promise<{ id: string; warnings: readonly string[] }> {
    const answer = toRecord(await this.#post('/containers/create', { name }, body))
    return { id: textOf(answer, 'Id') ?? name, warnings: textsOf(answer, 'Warnings') }
  }

  /** Starts, stops, restarts, pauses or goes on with it. */
  async act(container: string, verb: 'start' | 'stop' | 'restart' | 'pause' | 'unpause'): Promise<void> {
    await this.#post(pathOf`/containers/${container}/` + verb)
  }

  /** Gives its exit code once it has ended; rejects when the signal fires first. */
  async waitForEnd(container: string, signal: AbortSignal): Promise<number | null> {
    const path = pathOf`/containers/${container}/wait`
    const answer = await this.#requests.request({ method: 'POST', path, signal })
    return numberOf(toRecord(answer), 'StatusCode')
  }

  async rename(container: string, to: string): Promise<void> {
    await this.#post(pathOf`/containers/${container}/rename`, { name: to })
  }

  /** Ends it first where it runs. Without `volumes` its anonymous volumes stay behind. */
  async removeContainer(name: string, volumes: boolean): Promise<void> {
    await this.#requests.request({
      method: 'DELETE',
      path: pathOf`/containers/${name}`,
      query: { force: true, v: volumes },
    })
  }

  async loadImages(...args: Parameters<EngineRequests['load']>): Promise<void> {
    await this.#requests.load(...args)
  }

  async saveImage(...args: Parameters<EngineRequests['save']>): Promise<Buffer> {
    return this.#requests.save(...args)
  }

  /** Gives what went: names (`Untagged`) and images (`Deleted`). */
  async removeImage(name: string): Promise<readonly JsonRecord[]> {
    return toRecords(await this.#requests.request({ method: 'DELETE', path: pathOf`/images/${name}` }))
  }

  /** Gives an image another name, `REPOSITORY:TAG`. */
  async tagImage(id: string, name: string): Promise<void> {
    const colon = name.lastIndexOf(':')
    const cut = colon > name.lastIndexOf('/') ? colon : name.length
    await this.#post(pathOf`/images/${id}/tag`, { repo: name.slice(0, cut), tag: name.slice(cut + 1) || 'latest' })
  }

  #get(path: string, query?: EngineRequest['query']): Promise<unknown> {
    return this.#requests.request({ method: 'GET', path, ...(query === undefined ? {} : { query }) })
  }

  #post(path: string, query: EngineRequest['query'] = {}, body: ApiObject = {}): Promise<unknown> {
    return this.#requests.request({ method: 'POST', path, query, body })
  }
}

function toRecord(value: unknown): JsonRecord {
  return isRecord(value) ? value : {}
}

function toRecords(value: unknown): readonly JsonRecord[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}
