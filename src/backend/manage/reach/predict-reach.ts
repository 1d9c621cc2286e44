import type { HostState } from '../../../core/host/host-state.ts'
import type { ManageAction } from '../../../core/manage/action.ts'
import { applyAction } from '../../../core/manage/apply-action.ts'
import type { ReachChange, Reachability } from '../../../core/manage/plan.ts'
import { isUp } from '../../../core/synth/scene/find-in-scene.ts'
import type { Scene } from '../../../core/synth/scene/scene.ts'
import type { Outcome } from '../../../protocol/contract.ts'
import { makeSceneHost } from '../../sources/make-scene-host.ts'
import { type ComparedWay, compareWay, isTrueTo, pairWays, type WayPair } from './compare-ways.ts'
import { listWays, type Side } from './list-ways.ts'
import { modelHost, servedPorts } from './model-host.ts'
import { namesTouched } from './names-touched.ts'

/** Most ways that are traced for one action: some tenths of a second. */
const MOST_WAYS = 500

/** Ways that are traced before others get their turn. */
const AT_ONCE = 8

/**
 * Predicts who could reach whom after an action on a real host and could not before, or the other way round. The host is
 * made again as Docker would make it, before and after; a way that ends otherwise there than on the host is left out, and
 * that is told, with all that could not be carried over. An action that would be refused, or that is about images, gives
 * null.
 */
export async function predictReach(
  state: HostState,
  action: ManageAction,
  signal: AbortSignal,
): Promise<Outcome<Reachability | null>> {
  const { scene, left, assumed } = modelHost(state)
  const asked = withListening(action)
  const before = sideOf(scene)
  const applied = applyAction(scene, asked.action, 'any')
  const after = applied.ok ? sideOf(applied.scene) : null
  if (before === null || after === null) return { ok: true, value: null }
  return compare(
    { before, after, real: state, action, left: [...left, ...assumedWords(after, assumed), ...asked.assumed] },
    signal,
  )
}

/** Predicts the same for a sandbox, whose scene is all that there is. */
export async function predictSceneReach(
  scene: Scene,
  changed: Scene,
  action: ManageAction,
  signal: AbortSignal,
): Promise<Outcome<Reachability | null>> {
  const [before, after] = [sideOf(scene), sideOf(changed)]
  if (before === null || after === null) return { ok: true, value: null }
  return compare({ before, after, real: null, action, left: [] }, signal)
}

interface Comparison {
  readonly before: Side
  readonly after: Side
  /** What the ways before are held against; null for a sandbox. */
  readonly real: HostState | null
  readonly action: ManageAction
  readonly left: readonly string[]
}

async function compare(comparison: Comparison, signal: AbortSignal): Promise<Outcome<Reachability>> {
  const { before, after, real, action, left } = comparison
  const all = pairWays(listWays(before), listWays(after), namesTouched(before.scene, after.scene, action))
  const traced = all.slice(0, MOST_WAYS)
  const found: ComparedWay[] = []
  const untrue: WayPair[] = []
  for (const [index, pair] of traced.entries()) {
    if (index % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve))
    if (signal.aborted) return { ok: false, failure: { code: 'cancelled', message: 'cancelled' } }
    const compared = compareWay(before, after, pair)
    if (compared === null) continue
    if (real === null || isTrueTo(real, before, pair)) found.push(compared)
    else untrue.push(pair)
  }
  const of = (kind: ComparedWay['kind']) => found.flatMap((one) => (one.kind === kind ? [one.change] : []))
  const unknown = [
    ...left,
    ...untoldWords(of('untold')),
    ...untrueWords(untrue),
    ...restWords(all.length - traced.length),
  ]
  return {
    ok: true,
    value: {
      opens: of('opens'),
      closes: of('closes'),
      changes: of('changes'),
      checked: traced.length,
      unknown: unknown.length === 0 ? null : unknown.join('; '),
    },
  }
}

/** What does not run yet has no sockets that could be looked at. */
function assumedWords({ scene }: Side, assumed: readonly string[]): readonly string[] {
  const asked = scene.containers.filter((container) => isUp(container) && assumed.includes(container.name))
  return asked.length === 0
    ? []
    : [`what listens is assumed from the ports of ${asked.map(({ name }) => name).join(', ')}`]
}

function sideOf(scene: Scene): Side | null {
  const made = makeSceneHost(scene, scene.name)
  return made.ok ? { scene, state: made.value } : null
}

/** A real engine does not look at what would listen, and does not tell before it runs. */
function withListening(action: ManageAction): { readonly action: ManageAction; readonly assumed: readonly string[] } {
  if (action.kind !== 'run-container' || action.container.listens !== undefined) return { action, assumed: [] }
  const listens = servedPorts(action.container)
  if (listens.length === 0) return { action, assumed: [] }
  const { name } = action.container
  const assumed = [`${name} is taken to listen on ${listens.join(', ')}`]
  return { action: { ...action, container: { ...action.container, listens } }, assumed }
}

function untoldWords([first, ...others]: readonly ReachChange[]): readonly string[] {
  if (first === undefined) return []
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  return [`from ${first.from} to ${first.to}${more} it cannot be told: ${first.why}`]
}

function untrueWords(untrue: readonly WayPair[]): readonly string[] {
  const way = untrue[0]?.before ?? null
  if (way === null) return []
  const more = untrue.length === 1 ? '' : ` and ${untrue.length - 1} more`
  return [
    `from ${way.from} to ${way.to}${more}: it ends on this host otherwise than Docker's rules alone would have it`,
  ]
}

function restWords(rest: number): readonly string[] {
  return rest <= 0 ? [] : [`${rest} more ways, which the change touches least, were not looked at`]
}
