import type { Gap } from '../host/host-state.ts'
import { checkScene } from '../synth/scene/check-scene.ts'
import { type Generation, SCENE_SCHEMA, type Scene, type SceneHost } from '../synth/scene/scene.ts'
import { checkRefusals } from './check-refusals.ts'
import { composeGaps } from './compose-gaps.ts'
import { type Environment, readEnvFile } from './env-file.ts'
import { loadFiles } from './load-file.ts'
import { makeContainers } from './make-containers.ts'
import { makeNetworks } from './make-networks.ts'
import { nameContainers } from './name-containers.ts'
import { noteOrder } from './note-order.ts'
import { type ComposeNotes, NoteBook } from './notes.ts'
import { orderServices, waitForSharers } from './order-services.ts'
import type { ComposeProject } from './project.ts'
import type { ProjectFiles } from './project-files.ts'
import { readProjectName } from './project-name.ts'
import { lookupIn } from './read-documents.ts'
import { readProject } from './read-project.ts'

/** What `docker compose` takes on its command line, and where it would be run. */
export interface ComposeOptions {
  /** `-p`. */
  readonly projectName?: string
  /** `--profile`, several. Without any, COMPOSE_PROFILES. */
  readonly profiles?: readonly string[]
  /** `--env-file`, several, instead of the `.env` beside the first file. */
  readonly envFiles?: readonly string[]
  /** The variables of the shell; they win over those of files. */
  readonly environment?: Environment
  /** The host that it would be run on, with all that is there. Without it, an empty one of a generation. */
  readonly base?: Scene
  readonly generation?: Generation
}

/** A project as a scene. With problems there is none; the other notes are there either way. */
export type OpenedCompose = ComposeNotes &
  (
    | {
        readonly ok: true
        readonly scene: Scene
        /** What the host of the scene does not know: to be added to those of its state. */
        readonly gaps: readonly Gap[]
      }
    | { readonly ok: false; readonly scene: null }
  )

/** A host of its own for a project: a card on a LAN with a router, in the range kept for documentation. */
const PLAIN_HOST: SceneHost = {
  hostname: 'sandbox',
  nics: [{ name: 'ens5', addresses: ['192.0.2.10/24'], routes: [{ to: 'default', via: '192.0.2.1' }] }],
  nameservers: ['192.0.2.1'],
}

/**
 * Returns the scene that `docker compose -f A -f B up` would make, by compose 2.40: its networks and containers with their
 * names, in an order in which it may create them. Whatever is assumed, not fixed or not carried over is among the notes.
 * Never throws for what the files say.
 */
export function openCompose(
  paths: readonly string[],
  files: ProjectFiles,
  options: ComposeOptions = {},
): OpenedCompose {
  const notes = new NoteBook()
  const [main] = paths
  const folder = main === undefined ? '.' : files.folderOf(main)
  const environment = readEnvironment(folder, files, options, notes)
  const name = readProjectName(options.projectName, paths, folder, environment, files, notes)
  const inside = { ...environment, COMPOSE_PROJECT_NAME: name }
  const model = loadFiles(paths, { files, folder, environment: inside, notes, included: [] })
  if (notes.problems.length > 0) return refused(notes)
  const asked = options.profiles ?? (environment['COMPOSE_PROFILES'] ?? '').split(',').map((text) => text.trim())
  const project = readProject(name, model, asked, notes)
  const scene = makeScene(project, environment, options, notes)
  if (notes.problems.length > 0) return refused(notes)
  return { ok: true, scene, gaps: composeGaps(scene, project.services, notes.warnings), ...listed(notes) }
}

function refused(notes: NoteBook): OpenedCompose {
  return { ok: false, scene: null, ...listed(notes) }
}

function listed({ problems, warnings, notRelevant }: NoteBook): ComposeNotes {
  return { problems, warnings, notRelevant }
}

function readEnvironment(folder: string, files: ProjectFiles, options: ComposeOptions, notes: NoteBook): Environment {
  const outside = options.environment ?? {}
  const paths = options.envFiles ?? [files.resolve(folder, '.env')]
  let found: Environment = {}
  for (const path of paths) {
    const file = files.read(path)
    if (file.ok) found = { ...found, ...readEnvFile(file.text, path, lookupIn({ ...found, ...outside }), notes) }
    else if (options.envFiles !== undefined || file.isThere)
      notes.problem(`the env file cannot be read: ${file.reason}`, { file: path, line: 0, column: 0 })
  }
  return { ...found, ...outside }
}

function makeScene(project: ComposeProject, environment: Environment, options: ComposeOptions, notes: NoteBook): Scene {
  const base = options.base ?? emptyScene(options.generation ?? 28, project)
  if (options.base === undefined) notes.warn(`the host is assumed: ${describeAssumed(base)}`, project.place)
  const separator = ['true', '1'].includes(environment['COMPOSE_COMPATIBILITY']?.toLowerCase() ?? '') ? '_' : '-'
  const there = base.containers.map(({ name }) => name)
  const containers = nameContainers(project.name, project.services, separator, there, notes)
  const order = orderServices(waitForSharers(project.services, containers, notes), notes)
  const { networks, names } = makeNetworks(project, base, notes)
  const known = new Set([...there, ...[...containers.values()].flat()])
  noteOrder(project, order, base.engine.generation, notes)
  const shapes = new Map(networks.map((network) => [network.name, network]))
  const { generation } = base.engine
  const around = { project: project.name, separator, generation, networks: names, shapes, containers, known } as const
  const made = makeContainers(order.services, around, notes)
  const scene: Scene = { ...base, name: project.name, networks, containers: [...base.containers, ...made] }
  checkMade(scene, project, notes)
  checkRefusals(scene, project, notes)
  return scene
}

/** The cards that macvlan and ipvlan networks sit on are there; the first one has the host's address. */
function emptyScene(generation: Generation, { networks }: ComposeProject): Scene {
  const parents = networks.flatMap(({ driver, options }) => (driver === 'bridge' ? [] : [options['parent'] ?? '']))
  const cards = [...new Set(parents)].filter((name) => /^[^\s/.:]{1,15}$/.test(name) && name !== 'lo')
  const nics = PLAIN_HOST.nics.map((nic) => ({ ...nic, name: cards[0] ?? nic.name }))
  const host = { ...PLAIN_HOST, nics: [...nics, ...cards.slice(1).map((name) => ({ name, addresses: [] }))] }
  return { schema: SCENE_SCHEMA, name: '', engine: { generation }, host, networks: [], containers: [] }
}

function describeAssumed({ engine, host }: Scene): string {
  const cards = host.nics.map(({ name, addresses }) =>
    addresses[0] === undefined ? name : `${name} with ${addresses[0]}`,
  )
  return `Docker ${engine.generation}, ${cards.join(', ')}`
}

/** What the readers let through and a scene cannot be: a network mode that names no network, for one. */
function checkMade(scene: Scene, project: ComposeProject, notes: NoteBook): void {
  if (notes.problems.length > 0) return
  const checked = checkScene(scene)
  if (checked.ok) return
  for (const { path, message } of checked.problems) {
    const [, index] = /^containers\[(\d+)\]/.exec(path) ?? []
    const service = scene.containers[Number(index ?? -1)]?.labels?.['com.docker.compose.service']
    const at = project.services.find(({ name }) => name === service)
    notes.problem(
      service === undefined ? `${path}: ${message}` : `service "${service}": ${message}`,
      at?.place ?? project.place,
    )
  }
}
