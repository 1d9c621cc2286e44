import { commandWords } from '../../../../src/core/manage/format-command.ts'
import type { DaemonOptions, Scene, SceneContainer, SceneEndpoint } from '../../../../src/core/synth/scene/scene.ts'

/** The image that every container of a built scene runs, and what it runs where a scene does not say. */
const IMAGE = 'busybox:local'
const COMMAND = ['sleep', '1000000']

/**
 * Returns the docker commands that build a scene, in the order of its lists: networks, then containers, each with its
 * further networks right after its start. They are those that users are shown for the same.
 */
export function dockerCommands(scene: Scene): readonly (readonly string[])[] {
  const old = scene.engine.generation === 20
  return [
    ...scene.networks.flatMap((network) => commandWords({ kind: 'create-network', network })),
    ...scene.containers.flatMap((container) => [...startCommands(container, old), ...endState(container)]),
  ]
}

function startCommands(scene: SceneContainer, old: boolean): readonly (readonly string[])[] {
  const networks = (scene.networks ?? []).map((endpoint) => (old ? withoutPriority(endpoint) : endpoint))
  const container = { command: COMMAND, ...scene, image: IMAGE, networks }
  const [run = [], ...connect] = commandWords({ kind: 'run-container', container })
  const named = scene.state === 'created' ? ['create', ...run.slice(2)] : run
  return [named, ...connect]
}

/** Docker 20.10 has no `--gw-priority`. */
function withoutPriority({ priority: _priority, ...endpoint }: SceneEndpoint): SceneEndpoint {
  return endpoint
}

function endState({ name, state }: SceneContainer): readonly (readonly string[])[] {
  if (state === 'paused') return [['pause', name]]
  return state === 'exited' ? [['stop', '-t', '0', name]] : []
}

/** Returns what daemon.json needs for a scene. */
export function daemonConfig(options: DaemonOptions | undefined): Readonly<Record<string, unknown>> {
  return { ...options }
}

/** Returns the calls of iptables that a scene's user makes, each with its program. */
export function ruleCommands(scene: Scene): readonly (readonly string[])[] {
  return (scene.rules ?? []).map(({ family, command }) => [program(family), ...command.split(/\s+/)])
}

/** Returns the calls that take them back. */
export function undoCommands(scene: Scene): readonly (readonly string[])[] {
  return [...(scene.rules ?? [])].reverse().flatMap(({ family, command }) => {
    const words = command.split(/\s+/)
    const verb = words.findIndex((word) => /^-[AIDNPF]$/.test(word))
    const table = words.slice(0, verb)
    const [kind, chain = '', ...rest] = words.slice(verb)
    const body = kind === '-I' && /^\d+$/.test(rest[0] ?? '') ? rest.slice(1) : rest
    if (kind === '-A' || kind === '-I') return [[program(family), ...table, '-D', chain, ...body]]
    if (kind === '-N')
      return [
        [program(family), ...table, '-F', chain],
        [program(family), ...table, '-X', chain],
      ]
    return kind === '-P' ? [[program(family), ...table, '-P', chain, 'ACCEPT']] : []
  })
}

function program(family: 4 | 6 | undefined): string {
  return family === 6 ? 'ip6tables' : 'iptables'
}
