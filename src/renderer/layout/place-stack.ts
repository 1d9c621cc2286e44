import type { NetNamespace } from '../../core/host/namespace.ts'
import type { GateId } from '../playback/place.ts'
import type { Gate, Measure, Point, TextRun } from './types.ts'
import { writeText } from './write-text.ts'

export const STACK_WIDTH = 190
/** Between gates there is room for a packet's capsule. */
export const GATE_GAP = 34
const HALF = (STACK_WIDTH - 12) / 2
const PAD = 11
const NARROW_PAD = 8

interface Spec {
  readonly gate: GateId
  readonly label: string
  readonly x: number
  readonly width: number
  readonly height: number
}

/** The gates from top to bottom, in the order in which a forwarded packet meets them; the local branch below. */
const SPECS: readonly (Spec & { readonly row: number })[] = [
  { gate: 'prerouting', label: 'PREROUTING', row: 0, x: 0, width: STACK_WIDTH, height: 62 },
  { gate: 'route', label: 'route', row: 1, x: 0, width: STACK_WIDTH, height: 62 },
  { gate: 'forward', label: 'FORWARD', row: 2, x: 0, width: STACK_WIDTH, height: 62 },
  { gate: 'postrouting', label: 'POSTROUTING', row: 3, x: 0, width: STACK_WIDTH, height: 62 },
  { gate: 'input', label: 'INPUT', row: 4, x: 0, width: HALF, height: 62 },
  { gate: 'output', label: 'OUTPUT', row: 4, x: STACK_WIDTH - HALF, width: HALF, height: 62 },
  { gate: 'local', label: 'local processes', row: 5, x: 0, width: STACK_WIDTH, height: 66 },
]
const ROW_HEIGHTS = [62, 62, 62, 62, 62, 66]

export const STACK_HEIGHT = ROW_HEIGHTS.reduce((sum, height) => sum + height, 0) + GATE_GAP * (ROW_HEIGHTS.length - 1)

/** Returns the gates of the host's stack with their upper left corner at `origin`. */
export function placeStack(host: NetNamespace | undefined, origin: Point, measure: Measure): readonly Gate[] {
  return SPECS.map((spec) => {
    const above = ROW_HEIGHTS.slice(0, spec.row).reduce((sum, height) => sum + height + GATE_GAP, 0)
    return drawGate(spec, host, { x: origin.x + spec.x, y: origin.y + above }, measure)
  })
}

function drawGate(spec: Spec, host: NetNamespace | undefined, at: Point, measure: Measure): Gate {
  const narrow = spec.width === HALF
  const pad = narrow ? NARROW_PAD : PAD
  const room = spec.width - 2 * pad
  const lines = restingLines(spec.gate, host, narrow).map((text, index) =>
    writeText({ x: at.x + pad, y: at.y + 36 + index * 16, room }, text, lineFont(spec.gate, index), 'dim', measure),
  )
  // The right end of the heading is where a verdict's tick or cross appears.
  const head: TextRun = writeText({ x: at.x + pad, y: at.y + 20, room: room - 15 }, spec.label, 'gate', 'main', measure)
  return {
    id: `gate:${spec.gate}`,
    kind: 'gate',
    place: { kind: 'gate', netns: host?.name ?? 'host', gate: spec.gate },
    name: spec.label,
    title: [spec.label, ...lines.map((line) => line.full).filter((text) => text !== '')].join('\n'),
    texts: [head],
    lines,
    far: writeText({ x: at.x + pad, y: at.y + 38, room }, spec.label, 'far', 'main', measure),
    radius: 8,
    muted: spec.gate === 'local' || spec.gate === 'input' || spec.gate === 'output',
    x: at.x,
    y: at.y,
    width: spec.width,
    height: spec.height,
    ports: [],
  }
}

function lineFont(gate: GateId, index: number): 'small' | 'mono' {
  return gate === 'route' || gate === 'local'
    ? 'mono'
    : index === 1 && (gate === 'input' || gate === 'output')
      ? 'small'
      : index === 1
        ? 'mono'
        : 'small'
}

/** What a gate says while no packet plays: what stands there on this host. */
function restingLines(gate: GateId, host: NetNamespace | undefined, narrow: boolean): readonly string[] {
  if (gate === 'route') return defaultRoute(host)
  if (gate === 'local') return listeners(host)
  if (host !== undefined && host.rulesets.iptables === null && host.rulesets.nft === null) return ['rules not read', '']
  const names = tablesAt(gate, host)
  if (names.length === 0) return ['no chain here', '']
  const first = narrow ? 2 : 4
  return [names.slice(0, first).join(' · '), names.slice(first).join(' · ')]
}

/** The tables that have a base chain at a gate: iptables' own by name, others as `family name`. */
function tablesAt(gate: GateId, host: NetNamespace | undefined): readonly string[] {
  const chain = gate.toUpperCase()
  const iptables = (host?.rulesets.iptables ?? [])
    .filter((table) => table.family === 'ip' && table.chains.some((each) => each.name === chain))
    .map((table) => table.name)
  const nft = (host?.rulesets.nft ?? [])
    .filter(
      (table) =>
        (table.family === 'ip' || table.family === 'inet') && table.chains.some((each) => each.base?.hook === gate),
    )
    .map((table) => `${table.family} ${table.name}`)
  return [...new Set([...iptables, ...nft])]
}

function defaultRoute(host: NetNamespace | undefined): readonly string[] {
  const route = host?.routes.find((each) => each.family === 4 && each.destination === '0.0.0.0/0')
  const hop = route?.nextHops[0]
  if (hop === undefined) return [host === undefined ? '' : 'no default route', '']
  return [hop.via === null ? 'default' : `default via ${hop.via}`, `dev ${hop.device ?? '?'}`]
}

function listeners(host: NetNamespace | undefined): readonly string[] {
  if (host === undefined) return ['', '']
  if (host.sockets === null) return ['sockets not read', '']
  const names = [...new Set(host.sockets.map((each) => `${each.process?.name ?? each.protocol} :${each.port}`))]
  if (names.length === 0) return ['nothing listens', '']
  const second = names.length > 2 ? `${names.length - 1} more listen` : (names[1] ?? '')
  return [names[0] as string, second]
}
