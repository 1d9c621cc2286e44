import { formatFrame } from './format-trace.ts'
import type { Frame, Hop, Trace } from './trace-report.ts'

/** One place of the path, as both sides have it. A null side does not have the place at all. */
export interface HopComparison {
  readonly place: string
  readonly predicted: Hop | null
  readonly observed: Hop | null
  readonly agrees: boolean
  /** What differs first at this place, one sentence; null where both agree. */
  readonly difference: string | null
}

/** Two traces of one packet laid side by side. `divergence` is the first difference in the packet's order. */
export interface TraceComparison {
  readonly agrees: boolean
  readonly divergence: string | null
  readonly hops: readonly HopComparison[]
}

/**
 * Lays a predicted and an observed trace side by side, place by place: the frames that each device shows (direction,
 * addresses, ports, TTL, ICMP, length), the rules that matched in their order, and the fate. MACs and the steps that
 * cannot be observed (routes, connections, neighbours) are not compared.
 */
export function compareTraces(predicted: Trace, observed: Trace): TraceComparison {
  const hops = alignHops(predicted.hops, observed.hops).map(([left, right]) => compareHops(left, right))
  const first = hops.find((hop) => !hop.agrees)?.difference ?? null
  const fate = compareFate(predicted, observed)
  return { agrees: first === null && fate === null, divergence: first ?? fate, hops }
}

function compareFate(predicted: Trace, observed: Trace): string | null {
  if (predicted.disposition === observed.disposition) return null
  return `Predicted ${predicted.disposition}, observed ${observed.disposition}.`
}

type Pair = readonly [Hop | null, Hop | null]

/** Pairs hops of the same place in order: the longest common subsequence, so that one extra hop does not shift the rest. */
function alignHops(left: readonly Hop[], right: readonly Hop[]): readonly Pair[] {
  const lengths = commonLengths(left, right)
  const pairs: Pair[] = []
  let i = 0
  let j = 0
  while (i < left.length || j < right.length) {
    const a = left[i]
    const b = right[j]
    if (a !== undefined && b !== undefined && placeOf(a) === placeOf(b)) {
      pairs.push([a, b])
      i += 1
      j += 1
    } else if (b === undefined || (a !== undefined && (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))) {
      pairs.push([a ?? null, null])
      i += 1
    } else {
      pairs.push([null, b])
      j += 1
    }
  }
  return pairs
}

function commonLengths(left: readonly Hop[], right: readonly Hop[]): readonly (readonly number[])[] {
  const table: number[][] = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0))
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const a = left[i]
      const b = right[j]
      const same = a !== undefined && b !== undefined && placeOf(a) === placeOf(b)
      const row = table[i]
      if (row === undefined) continue
      row[j] = same ? 1 + (table[i + 1]?.[j + 1] ?? 0) : Math.max(table[i + 1]?.[j] ?? 0, row[j + 1] ?? 0)
    }
  }
  return table
}

function placeOf(hop: Hop): string {
  return hop.device === null ? `${hop.netns} ${hop.kind}` : `${hop.netns} ${hop.device}`
}

function compareHops(predicted: Hop | null, observed: Hop | null): HopComparison {
  const place = placeOf((predicted ?? observed) as Hop)
  const difference =
    predicted === null || observed === null
      ? `${place} is ${predicted === null ? 'observed and not predicted' : 'predicted and not observed'}.`
      : (compareFrames(place, predicted.frames, observed.frames) ?? compareRules(place, predicted, observed))
  return { place, predicted, observed, agrees: difference === null, difference }
}

function compareFrames(place: string, predicted: readonly Frame[], observed: readonly Frame[]): string | null {
  const most = Math.max(predicted.length, observed.length)
  for (let index = 0; index < most; index += 1) {
    const left = predicted[index]
    const right = observed[index]
    if (left === undefined) return `${place} shows a frame that was not predicted: ${formatFrame(right as Frame)}.`
    if (right === undefined) return `${place} does not show the predicted frame ${formatFrame(left)}.`
    const field = FIELDS.find((name) => JSON.stringify(left[name]) !== JSON.stringify(right[name]))
    if (field !== undefined)
      return `${place}: predicted ${field} ${JSON.stringify(left[field])}, observed ${JSON.stringify(right[field])}.`
  }
  return null
}

const FIELDS = [
  'direction',
  'protocol',
  'src',
  'dst',
  'sourcePort',
  'destinationPort',
  'icmp',
  'arp',
  'ttl',
  'length',
] as const

function compareRules(place: string, predicted: Hop, observed: Hop): string | null {
  const left = rulesOf(predicted)
  const right = rulesOf(observed)
  const most = Math.max(left.length, right.length)
  for (let index = 0; index < most; index += 1) {
    if (left[index] === right[index]) continue
    return `${place}: predicted ${left[index] ?? 'no further rule'}, observed ${right[index] ?? 'no further rule'}.`
  }
  return null
}

function rulesOf(hop: Hop): readonly string[] {
  return hop.steps.flatMap((step) => (step.kind === 'rule' ? [`${step.family} ${step.table} ${step.rule}`] : []))
}
