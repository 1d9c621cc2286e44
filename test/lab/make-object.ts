/**
 * Containers and networks that are the stage of a test, and not what it is about.
 */
import type { Engine } from './engine.ts'
import { onceMore } from './once-more.ts'

type Words = readonly string[]

/**
 * Makes a container or a network, or joins them, with the words of a docker command; once more when that fails. Gives what the
 * command printed. A command whose refusal is expected is for `Engine.docker`.
 */
export function makeObject(engine: Pick<Engine, 'docker' | 'name'>, words: Words): Promise<string> {
  const undo = undoing(words)
  return onceMore({
    what: `docker ${words.join(' ')} on ${engine.name}`,
    make: () => engine.docker(words),
    ...(undo === null ? {} : { clear: () => engine.docker(undo) }),
  })
}

/** What takes away whatever a command has made before it failed: its name would be taken. Null where nothing need be. */
export function undoing(words: Words): Words | null {
  const [first = '', second = ''] = words
  const named = words.includes('--name') ? words[words.indexOf('--name') + 1] : undefined
  if (first === 'run' || first === 'create') return named === undefined ? null : ['rm', '-f', named]
  if (first === 'service') return named === undefined ? null : ['service', 'rm', named]
  if (first === 'swarm') return ['swarm', 'leave', '--force']
  const [beforeLast = '', last = ''] = words.slice(-2)
  if (first === 'network' && second === 'create') return ['network', 'rm', last]
  if (first === 'network' && second === 'connect') return ['network', 'disconnect', '-f', beforeLast, last]
  return null
}
