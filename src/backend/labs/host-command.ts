import { formatNote } from '../../core/compose/notes.ts'
import { openCompose } from '../../core/compose/open-compose.ts'
import type { ProjectFiles } from '../../core/compose/project-files.ts'
import type { Gap } from '../../core/host/host-state.ts'
import { splitWords } from '../../core/manage/split-words.ts'
import { checkScene } from '../../core/synth/scene/check-scene.ts'
import type { Scene } from '../../core/synth/scene/scene.ts'
import type { LabPage } from './lab-page.ts'

/** A scene after a command on its host. */
export type AfterCommand =
  | { readonly ok: true; readonly scene: Scene; readonly did: string; readonly gaps: readonly Gap[] }
  | { readonly ok: false; readonly message: string }

/**
 * Does to a scene what a command does to a host beside Docker's API: `iptables ...`, `docker compose -f FILE up -d` with a
 * file that the lab's page shows, the installation of Docker. Whatever else it is asked is refused in one sentence.
 */
export function runHostCommand(scene: Scene, command: string, lab: LabPage): AfterCommand {
  const words = splitWords(command.replace(/^sudo\s+/, '')) ?? []
  const [program, ...rest] = words
  if (program === 'iptables' || program === 'ip6tables') return addRule(scene, program, rest)
  if (program === 'docker' && rest[0] === 'compose') return composeUp(scene, rest.slice(1), lab)
  if ((program === 'apt-get' || program === 'apt') && rest.includes('docker.io')) return install(scene)
  return { ok: false, message: `the sandbox does not know the command “${command}”` }
}

function addRule(scene: Scene, program: string, words: readonly string[]): AfterCommand {
  const command = words.join(' ')
  const rule = program === 'ip6tables' ? ({ family: 6, command } as const) : { command }
  const after = { ...scene, rules: [...(scene.rules ?? []), rule] }
  const checked = checkScene(after)
  if (!checked.ok) return { ok: false, message: checked.problems[0]?.message ?? 'it is no call of iptables' }
  return { ok: true, scene: after, did: `${program} ${command}`, gaps: [] }
}

function install(scene: Scene): AfterCommand {
  if (scene.engine.installed !== false) return { ok: false, message: 'Docker is there already' }
  const { installed: _installed, ...engine } = scene.engine
  return { ok: true, scene: { ...scene, engine }, did: 'Docker installed', gaps: [] }
}

function composeUp(scene: Scene, words: readonly string[], lab: LabPage): AfterCommand {
  const at = words.indexOf('-f')
  const file = at < 0 ? undefined : words[at + 1]
  if (file === undefined || !words.includes('up')) return { ok: false, message: 'write: docker compose -f FILE up -d' }
  const files = listPageFiles(lab)
  const opened = openCompose([file], inMemory(files), { base: scene, environment: {} })
  if (!opened.ok) return { ok: false, message: opened.problems.map(formatNote)[0] ?? `${file} cannot be opened` }
  return { ok: true, scene: { ...opened.scene, name: scene.name }, did: `${file} brought up`, gaps: opened.gaps }
}

/** The files that a page shows: fenced blocks with `file=NAME`. */
export function listPageFiles({ steps }: LabPage): ReadonlyMap<string, string> {
  const blocks = steps.flatMap(({ body }) => [...body.matchAll(/^```\w+ file=(\S+)\n([\s\S]*?)^```/gm)])
  return new Map(blocks.map(([, name = '', text = '']) => [name, text]))
}

function inMemory(files: ReadonlyMap<string, string>): ProjectFiles {
  return {
    read: (path) => {
      const text = files.get(path)
      return text === undefined
        ? { ok: false, reason: 'there is no such file', isThere: false }
        : { ok: true, text: text }
    },
    resolve: (_folder, path) => path.replace(/^\.\//, ''),
    folderOf: () => '.',
    nameOf: () => 'lab',
  }
}
