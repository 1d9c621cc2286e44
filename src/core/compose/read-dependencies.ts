import { child, type ComposeNode } from './node.ts'
import type { NoteBook } from './notes.ts'
import type { Dependency, Link } from './project.ts'
import { checkKeys, readEntries, readFlag, readText, readTexts } from './read-node.ts'

/** Conditions of `depends_on` (compose-go:types/types.go ServiceCondition...). */
const CONDITIONS = ['service_started', 'service_healthy', 'service_completed_successfully']

/**
 * Returns what a service waits for: `depends_on`, and the services that its links, shared namespaces and volumes name
 * (compose-go:loader/normalize.go).
 */
export function readDependencies(
  service: ComposeNode,
  links: readonly Link[],
  what: string,
  notes: NoteBook,
): readonly Dependency[] {
  const asked = readDependsOn(child(service, 'depends_on'), `${what}.depends_on`, notes)
  const implied: Dependency[] = links.map(({ target, place }) => started(target, place))
  for (const key of ['network_mode', 'ipc', 'pid', 'uts', 'cgroup']) {
    const mode = child(service, key)
    if (mode?.kind === 'scalar' && typeof mode.value === 'string' && mode.value.startsWith('service:'))
      implied.push(started(mode.value.slice('service:'.length), mode.place))
  }
  const volumes = child(service, 'volumes_from')
  for (const { text, place } of volumes?.kind === 'list' ? readTexts(volumes, `${what}.volumes_from`, notes) : [])
    if (!text.startsWith('container:')) implied.push(started(text.split(':')[0] ?? '', place))
  const all = [...asked, ...implied]
  return all.filter(({ service: name }, index) => all.findIndex((other) => other.service === name) === index)
}

function started(service: string, place: Dependency['place']): Dependency {
  return { service, place, condition: 'service_started', required: true }
}

function readDependsOn(node: ComposeNode | undefined, what: string, notes: NoteBook): readonly Dependency[] {
  if (node?.kind === 'list') return readTexts(node, what, notes).map(({ text, place }) => started(text, place))
  return readEntries(node, what, notes).map(([service, { place, value }]) => {
    const at = `${what}.${service}`
    readEntries(value, at, notes)
    checkKeys(value, ['condition', 'required', 'restart'], at, notes)
    const condition = readText(child(value, 'condition'), `${at}.condition`, notes) ?? 'service_started'
    if (!CONDITIONS.includes(condition))
      notes.problem(`"${condition}" is no condition of depends_on (${CONDITIONS.join(', ')})`, place)
    const required = readFlag(child(value, 'required'), `${at}.required`, notes) ?? true
    return { service, place, condition, required }
  })
}

/** Returns `links` or `external_links`: `NAME` or `NAME:ALIAS`. */
export function readLinks(node: ComposeNode | undefined, what: string, notes: NoteBook): readonly Link[] {
  return readTexts(node, what, notes).flatMap(({ text, place }) => {
    const [target = '', alias = target, ...more] = text.split(':')
    if (target !== '' && alias !== '' && more.length === 0) return [{ target, alias, place }]
    notes.problem(`${JSON.stringify(text)} in ${what} is no link: write NAME or NAME:ALIAS`, place)
    return []
  })
}
