/** Where the engine's time goes, by samples of what it is just doing: own time alone, each function's in its own file. */
import { readFileSync } from 'node:fs'
import { Session, type Profiler } from 'node:inspector/promises'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { basename } from 'node:path'
import type { Line } from './line.ts'

/** The parts of the work, by the first pattern that a source file fits. */
const parts: readonly (readonly [string, RegExp])[] = [
  ['hooks: rules, connections, translation', /core\/netfilter\//],
  ['routing, bridges, sysctls', /core\/forward\//],
  [
    'neighbours: ARP and all who hear it',
    /tracer\/(ask-|answer-on-link|answers-for|exchange-arp|list-wires|make-solicitation|pass-discovery|resolve-next-hop)/,
  ],
  ['writing the report: hops, frames, steps', /tracer\/(hop-log|describe-route)|core\/trace\//],
  ['addresses, comparing packets', /core\/net\//],
  [
    'reading the flow: its ends, names, first packet',
    /tracer\/(trace-flow|parse-|resolve-(source|target)|find-container|host-address|pick-|make-question|plan-lookup|prepare-host)/,
  ],
  ['the way from place to place', /core\/tracer\//],
]

const collector = 'garbage collection'
const rest = 'everything else, the measurement itself included'

/** Often enough for a trace to be sampled now and then, seldom enough to leave it its speed. Microseconds. */
const interval = 100

/** Does some work under the sampler and returns each part's share, the largest first, with the files that it spends it in. */
export async function whereTimeGoes(bundle: string, work: () => void): Promise<readonly Line[]> {
  const profile = await sample(work)
  const spent = addUp(profile, readSources(bundle))
  const whole = [...spent.values()].reduce((sum, files) => sum + total(files), 0)
  return [...spent]
    .sort(([, left], [, right]) => total(right) - total(left))
    .map(([what, files]) => ({
      what: `  ${what}`,
      value: percent(total(files), whole),
      ...noteOf(files, whole),
    }))
}

async function sample(work: () => void): Promise<Profiler.Profile> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval })
  await session.post('Profiler.start')
  work()
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  return profile
}

/** Returns a function that tells the source file of a function of the bundle, or null for one from elsewhere. */
function readSources(bundle: string): (frame: Profiler.ProfileNode['callFrame']) => string | null {
  const map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')) as SourceMapPayload)
  return ({ url, lineNumber, columnNumber }) => {
    if (!url.endsWith(`/${basename(bundle)}`)) return null
    const entry = map.findEntry(lineNumber, columnNumber)
    return 'originalSource' in entry ? entry.originalSource : null
  }
}

/** Time by part and file. */
type Spent = Map<string, Map<string, number>>

function addUp(profile: Profiler.Profile, sourceOf: ReturnType<typeof readSources>): Spent {
  const places = placeNodes(profile.nodes, sourceOf)
  const spent: Spent = new Map()
  profile.samples?.forEach((id, index) => {
    const { part, file } = places.get(id) ?? { part: rest, file: '' }
    const files = spent.get(part) ?? new Map<string, number>()
    spent.set(part, files.set(file, (files.get(file) ?? 0) + (profile.timeDeltas?.[index] ?? 0)))
  })
  return spent
}

interface Place {
  readonly part: string
  readonly file: string
}

/** What the engine has the machine's own functions do (`push`, `Map.get`) counts for the function that calls them. */
function placeNodes(
  nodes: readonly Profiler.ProfileNode[],
  sourceOf: ReturnType<typeof readSources>,
): ReadonlyMap<number, Place> {
  const places = new Map<number, Place>()
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const visit = (node: Profiler.ProfileNode, caller: Place): void => {
    const place = placeOf(node, sourceOf(node.callFrame)) ?? caller
    places.set(node.id, place)
    for (const id of node.children ?? []) {
      const child = byId.get(id)
      if (child !== undefined) visit(child, place)
    }
  }
  const [root] = nodes
  if (root !== undefined) visit(root, { part: rest, file: '' })
  return places
}

/** Null for a function of the machine's own. */
function placeOf({ callFrame }: Profiler.ProfileNode, source: string | null): Place | null {
  if (callFrame.functionName === '(garbage collector)') return { part: collector, file: '' }
  if (source === null) return callFrame.url === '' ? null : { part: rest, file: '' }
  const part = parts.find(([, pattern]) => pattern.test(source))?.[0] ?? rest
  return { part, file: basename(source) }
}

function total(files: ReadonlyMap<string, number>): number {
  return [...files.values()].reduce((sum, time) => sum + time, 0)
}

/** Names the files of a part that take a hundredth of the whole or more. */
function noteOf(files: ReadonlyMap<string, number>, whole: number): { readonly note?: string } {
  const named = [...files].filter(([file, time]) => file !== '' && time / whole >= 0.01)
  const words = named
    .sort(([, left], [, right]) => right - left)
    .map(([file, time]) => `${file} ${percent(time, whole)}`)
  return words.length === 0 ? {} : { note: words.join(', ') }
}

function percent(time: number, whole: number): string {
  return `${((time / whole) * 100).toFixed(0)}%`
}
