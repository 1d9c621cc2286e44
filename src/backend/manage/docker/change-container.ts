import type { ContainerSpec, ContainerVerb } from '../../../core/manage/action.ts'
import { type JsonRecord, recordOf } from '../../../core/parse/json-value.ts'
import { containerBody, endpointBody } from './api-bodies.ts'
import type { Change, Work } from './change.ts'
import { knownContainer, type KnownContainer, restoreContainer } from './recreate-container.ts'
import { refusal, stopIfCancelled } from './refusal.ts'

/** `docker run -d`, and `docker network connect` for the further networks. What cannot be started is removed again. */
export async function runContainer(work: Work, spec: ContainerSpec): Promise<Change> {
  const { calls, signal, onProgress, generation } = work
  const { name } = spec
  onProgress(`creating ${name}`, null)
  const begun = performance.now()
  const { warnings } = await calls.createContainer(name, containerBody(spec, generation))
  try {
    stopIfCancelled(signal)
    onProgress(`starting ${name}`, null)
    await calls.act(name, 'start')
    for (const endpoint of (spec.networks ?? []).slice(1)) {
      stopIfCancelled(signal)
      onProgress(`connecting ${name} to ${endpoint.network}`, null)
      await calls.connect(endpoint.network, name, endpointBody(endpoint))
    }
    stopIfCancelled(signal)
  } catch (error) {
    await calls.removeContainer(name, true)
    throw error
  }
  const ended = await endedAtOnce(work, name, performance.now() - begun)
  const takeBack = async (later: Work): Promise<readonly string[]> => {
    await later.calls.removeContainer(name, true)
    return []
  }
  return { did: `container ${name} runs`, notes: [...warnings, ...ended], takeBack }
}

/** How long a program that ends at once is given to do so, in milliseconds, at least. */
const AT_ONCE = 500

/** An engine that took its time to start a container (`took`, milliseconds) takes as long to tell of its end. */
async function endedAtOnce({ calls }: Work, name: string, took: number): Promise<readonly string[]> {
  const limit = Math.round(Math.max(AT_ONCE, took))
  const code = await calls.waitForEnd(name, AbortSignal.timeout(limit)).catch(() => null)
  return code === null ? [] : [`${name} has ended already, with exit code ${code}: its log tells why`]
}

/** `docker start`, `stop`, `restart`, `pause` and `unpause`. Docker takes no note of what is so already; here it is refused. */
export async function changeState(work: Work, name: string, verb: ContainerVerb): Promise<Change> {
  const { calls, signal, onProgress, generation } = work
  const inspected = await calls.inspectContainer(name)
  const before = knownContainer(inspected, generation)
  const already = alreadySo(verb, before.state)
  if (already !== null) throw refusal(`container ${name} ${already}`, 'name')
  stopIfCancelled(signal)
  onProgress(`${DOING[verb]} ${name}`, null)
  await calls.act(name, verb)
  const takeBack = backOf(verb, before, isAutoRemoved(inspected))
  if (signal.aborted) await takeBack?.(work)
  stopIfCancelled(signal)
  return { did: `container ${name} ${DONE[verb]}`, notes: [], takeBack }
}

const DOING = { start: 'starting', stop: 'stopping', restart: 'restarting', pause: 'pausing', unpause: 'unpausing' }
const DONE = { start: 'started', stop: 'stopped', restart: 'restarted', pause: 'paused', unpause: 'unpaused' }

function alreadySo(verb: ContainerVerb, state: KnownContainer['state']): string | null {
  if (verb === 'start' && state === 'running') return 'runs already'
  return verb === 'stop' && state === 'stopped' ? 'does not run' : null
}

/** One that removes itself when it ends (`--rm`) has to be made again. */
function backOf(verb: ContainerVerb, before: KnownContainer, autoRemoved: boolean): Change['takeBack'] {
  const { name, state } = before
  const act =
    (...verbs: readonly ContainerVerb[]) =>
    async ({ calls }: Work): Promise<readonly string[]> => {
      for (const each of verbs) await calls.act(name, each)
      return []
    }
  switch (verb) {
    case 'start':
      return act('stop')
    case 'stop':
      if (autoRemoved) return (work) => restoreContainer(work, before)
      return state === 'paused' ? act('start', 'pause') : act('start')
    case 'restart':
      return state === 'stopped' ? act('stop') : null
    case 'pause':
      return act('unpause')
    case 'unpause':
      return act('pause')
    default:
      return verb satisfies never
  }
}

/** Tells whether a container removes itself when it ends. */
export function isAutoRemoved(inspected: JsonRecord): boolean {
  return recordOf(inspected, 'HostConfig')['AutoRemove'] === true
}

/** `docker rename`. */
export async function renameContainer({ calls, signal }: Work, name: string, to: string): Promise<Change> {
  await calls.rename(name, to)
  if (signal.aborted) await calls.rename(to, name)
  stopIfCancelled(signal)
  const takeBack = async (later: Work): Promise<readonly string[]> => {
    await later.calls.rename(to, name)
    return []
  }
  return { did: `container ${name} renamed to ${to}`, notes: [], takeBack }
}

/** `docker rm -f`. */
export async function removeContainer(work: Work, name: string): Promise<Change> {
  const { calls, signal, onProgress, generation } = work
  const before = knownContainer(await calls.inspectContainer(name), generation)
  stopIfCancelled(signal)
  onProgress(`removing ${name}`, null)
  await calls.removeContainer(name, false)
  if (signal.aborted) await restoreContainer(work, before)
  stopIfCancelled(signal)
  const takeBack = async (later: Work): Promise<readonly string[]> => [
    ...(await restoreContainer(later, before)),
    `what ${name} had written inside, and its log, are lost`,
  ]
  return { did: `container ${name} removed`, notes: [], takeBack }
}
