import { joinedContainer } from '../../core/host/joined-container.ts'
import type { ContainerSpec, ManageAction, NetworkSpec } from '../../core/manage/action.ts'
import { checkAction } from '../../core/manage/check-action.ts'
import type { FieldProblem } from '../../core/manage/plan.ts'
import { type EarlyAction, readEarly } from './manage-early-action.ts'
import {
  type Draft,
  type EndpointDraft,
  emptyDraft,
  type NetworkDraft,
  type RunDraft,
  type SubnetDraft,
} from './manage-drafts.ts'
import { type ReadList, readCommand, readLines, readPairs, readWords } from './manage-read-lists.ts'

type Endpoint = Extract<ManageAction, { readonly kind: 'connect' }>['endpoint']
type Report = (at: string, message: string) => void

/** Takes what is wrong (`report`), and what is not there (`lack`). */
interface Marks {
  readonly report: Report
  readonly lack: Report
}

/**
 * What a dialog asks for: an action that can be sent, or what stands in the way, each at its field. `missing` is what was
 * not filled in yet, which is no news to who is still typing.
 */
export interface BuiltAction {
  readonly action: ManageAction | null
  readonly problems: readonly FieldProblem[]
  readonly missing: readonly FieldProblem[]
  /** Where it cannot be sent: what can be asked about all the same. */
  readonly early: EarlyAction | null
}

/** The keys of the options that have a field of their own. */
export const OPTION_KEYS = {
  icc: 'com.docker.network.bridge.enable_icc',
  masquerade: 'com.docker.network.bridge.enable_ip_masquerade',
  mtu: 'com.docker.network.driver.mtu',
  bridge: 'com.docker.network.bridge.name',
  parent: 'parent',
} as const

/**
 * Returns the action that a filled-in dialog means. Fields left empty are left out, so that Docker's default holds; an
 * import has an upload only once its file is there, so `upload` is its id or empty for a plan.
 */
export function buildAction(draft: Draft, upload = ''): BuiltAction {
  const problems: FieldProblem[] = []
  const missing: FieldProblem[] = []
  const report: Report = (at, message) => problems.push({ at, severity: 'error', message })
  const lack: Report = (at, message) => missing.push({ at, severity: 'error', message })
  const action = assemble(draft, upload, { report, lack })
  const checked = action === null ? null : checkAction(action)
  if (checked?.ok === false) {
    const known = new Set([...problems, ...missing].map(({ at }) => at))
    problems.push(
      ...checked.problems.filter(({ path }) => !known.has(path)).map(({ path, message }) => toProblem(path, message)),
    )
  }
  const sendable = checked?.ok === true && problems.length + missing.length === 0
  return sendable
    ? { action: checked.action, problems, missing, early: null }
    : { action: null, problems, missing, early: action === null ? null : readEarly(action, missing) }
}

/** The shape's words are those for files; here somebody is typing. */
function toProblem(at: string, message: string): FieldProblem {
  const [, wanted, found] = /^(.*) expected, (.*) found$/.exec(message) ?? []
  const words =
    wanted === undefined ? message : found === '""' ? `${wanted} is needed here` : `${found} is not ${wanted}`
  return { at, severity: 'error', message: `${words.charAt(0).toUpperCase()}${words.slice(1)}.` }
}

function assemble(draft: Draft, upload: string, marks: Marks): ManageAction | null {
  switch (draft.kind) {
    case 'create-network':
      return { kind: draft.kind, network: buildNetwork(draft, marks) }
    case 'connect':
      need(draft.container, 'container', 'Choose a container.', marks)
      return { kind: draft.kind, container: draft.container, endpoint: buildEndpoint(draft, 'endpoint', marks) }
    case 'run-container':
      return { kind: draft.kind, container: buildContainer(draft, marks) }
    case 'rename-container':
      need(draft.to, 'to', 'Give it a name.', marks)
      return { kind: draft.kind, name: draft.name, to: draft.to.trim() }
    case 'import-image':
      if (draft.file === null) marks.lack('file', 'Choose a file as docker save writes it.')
      return draft.file === null ? null : { kind: draft.kind, upload, file: draft.file.name }
    default:
      return draft satisfies never
  }
}

function need(text: string, at: string, message: string, { lack }: Marks): void {
  if (text.trim() === '') lack(at, message)
}

function buildNetwork(draft: NetworkDraft, marks: Marks): NetworkSpec {
  const { report } = marks
  need(draft.name, 'network.name', 'Give the network a name.', marks)
  const subnets = usedRows(draft.subnets).map((row, index) => buildSubnet(row, `network.subnets[${index}]`, report))
  const typed = take(readPairs(readLines(draft.options)), 'network.options', report) ?? {}
  const labels = take(readPairs(readLines(draft.labels)), 'network.labels', report) ?? {}
  const options = { ...ownOptions(draft), ...typed }
  const twice = Object.keys(typed).find((key) => Object.hasOwn(ownOptions(draft), key))
  if (twice !== undefined) report('network.options', `“${twice}” has a field of its own, which is filled in, too.`)
  return {
    name: draft.name.trim(),
    ...(draft.driver === 'bridge' ? {} : { driver: draft.driver }),
    ...(subnets.length === 0 ? {} : { subnets }),
    ...(draft.ipv4 ? {} : { ipv4: false }),
    ...(draft.ipv6 ? { ipv6: true } : {}),
    ...(draft.internal ? { internal: true } : {}),
    ...(draft.attachable ? { attachable: true } : {}),
    ...(Object.keys(options).length === 0 ? {} : { options }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  }
}

/** Rows with something in them: their places in the action are counted without the empty ones. */
export function usedRows(rows: readonly SubnetDraft[]): readonly SubnetDraft[] {
  return rows.filter((row) => isUsedRow(row))
}

/** Tells whether anything is typed in a row. */
export function isUsedRow({ subnet, gateway, ipRange, aux }: SubnetDraft): boolean {
  return [subnet, gateway, ipRange, aux].some((text) => text.trim() !== '')
}

function buildSubnet(row: SubnetDraft, at: string, report: Report): NonNullable<NetworkSpec['subnets']>[number] {
  const aux = take(readPairs(readWords(row.aux)), `${at}.aux`, report) ?? {}
  return {
    subnet: row.subnet.trim(),
    ...filled('gateway', row.gateway),
    ...filled('ipRange', row.ipRange),
    ...(Object.keys(aux).length === 0 ? {} : { aux }),
  }
}

/** The fields of a bridge are not asked of the other drivers, and keep what was typed in case the driver is changed back. */
function ownOptions(draft: NetworkDraft): Readonly<Record<string, string>> {
  const names =
    draft.driver === 'bridge' ? (['icc', 'masquerade', 'mtu', 'bridge'] as const) : (['mtu', 'parent'] as const)
  return Object.fromEntries(
    names.flatMap((name) => (draft[name].trim() === '' ? [] : [[OPTION_KEYS[name], draft[name].trim()]])),
  )
}

function buildEndpoint(draft: EndpointDraft, at: string, marks: Marks): Endpoint {
  need(draft.network, `${at}.network`, 'Choose a network.', marks)
  const aliases = readWords(draft.aliases)
  const links = readWords(draft.links)
  const priority = draft.priority.trim()
  const odd = links.find((link) => !/^[^:]+(:[^:]+)?$/.test(link))
  if (odd !== undefined) marks.report(`${at}.links`, `“${odd}” is not CONTAINER:ALIAS.`)
  if (!/^(-?\d+)?$/.test(priority))
    marks.report(`${at}.priority`, 'A priority is a whole number; the highest has the default route.')
  return {
    network: draft.network,
    ...(aliases.length === 0 ? {} : { aliases }),
    ...filled('ipv4', draft.ipv4),
    ...filled('ipv6', draft.ipv6),
    ...filled('mac', draft.mac.toLowerCase().replaceAll('-', ':')),
    ...(links.length === 0 ? {} : { links }),
    ...(priority === '' ? {} : { priority: Number(priority) }),
  }
}

function buildContainer(draft: RunDraft, marks: Marks): ContainerSpec {
  const { report } = marks
  need(draft.image, 'container.image', 'Choose an image.', marks)
  need(draft.name, 'container.name', 'Give the container a name.', marks)
  const command = take(readCommand(draft.command), 'container.command', report) ?? []
  const labels = take(readPairs(readLines(draft.labels)), 'container.labels', report) ?? {}
  const lists = {
    ports: readWords(draft.ports),
    command,
    env: readLines(draft.env),
    dns: readWords(draft.dns),
    dnsSearch: readWords(draft.dnsSearch),
    extraHosts: readWords(draft.extraHosts),
    listens: readWords(draft.listens),
  }
  return {
    image: draft.image.trim(),
    name: draft.name.trim(),
    ...filled('hostname', draft.hostname),
    ...buildAttachment(draft, marks),
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  }
}

function buildAttachment(draft: RunDraft, marks: Marks): Pick<ContainerSpec, 'networkMode' | 'networks'> {
  if (isMode(draft.network)) return { networkMode: draft.network }
  const { network, mac, links } = draft
  // The other fields are not asked of the default bridge, and keep what was typed in case another network is chosen.
  const asked = network === 'bridge' ? { ...emptyDraft('run-container'), network, mac, links } : draft
  const endpoint = buildEndpoint(asked, 'container.networks[0]', marks)
  // Docker puts a container on the default bridge by itself.
  return draft.network === 'bridge' && Object.keys(endpoint).length === 1 ? {} : { networks: [endpoint] }
}

/** Tells whether a choice of network is a mode, in which there is no endpoint of the container's own. */
export function isMode(network: string): boolean {
  return network === 'host' || network === 'none' || joinedContainer(network) !== null
}

function filled<K extends string>(key: K, text: string): { readonly [P in K]?: string } {
  const value = text.trim()
  return value === '' ? {} : ({ [key]: value } as { readonly [P in K]: string })
}

function take<T>(read: ReadList<T>, at: string, report: Report): T | null {
  if (read.ok) return read.value
  report(at, read.problem)
  return null
}
