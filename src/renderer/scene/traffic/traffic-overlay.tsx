import { useEffect, useRef } from 'react'
import type { WatchPacket } from '../../../core/watch/watch.ts'
import type { Layout } from '../../layout/types.ts'
import { useApp, useAppStore } from '../../store/hooks.ts'
import type { AppState, AppStore } from '../../store/store.ts'
import type { PictureView } from '../picture-view.ts'
import { mapDevices } from './device-map.ts'
import { drawDots, drawStreams, drawWay, type Palette } from './draw-traffic.ts'
import { colourOfFlow, farAddress, isLocalFlow } from './label-flow.ts'
import { endAtHost } from './chain-journeys.ts'
import { placeLabels, type StreamLabel } from './place-labels.ts'
import { planWay } from './plan-way.ts'
import { beatOf, type Stream, TrafficModel } from './traffic-model.ts'
import { createTracks } from './track-way.ts'

interface TrafficOverlayProps {
  readonly layout: Layout
  readonly view: PictureView
}

/** The canvas on which watched traffic moves over the picture. */
export function TrafficOverlay({ layout, view }: TrafficOverlayProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const store = useAppStore()
  useEffect(() => {
    const element = canvas.current
    return element === null ? undefined : keepMoving(element, layout, store, view)
  }, [layout, store, view])
  return (
    <>
      <canvas className="packet-overlay" ref={canvas} aria-hidden="true" />
      <Legend />
    </>
  )
}

function Legend() {
  const shown = useApp(({ watch }) => watch.current !== null)
  const calm = useApp((state) => state.playback.reducedMotion)
  if (!shown) return null
  return (
    <p className="watch-legend">
      {!calm && (
        <span>
          <i className="one" aria-hidden="true" /> one packet
        </span>
      )}
      <span>
        <i className="many" aria-hidden="true" /> packets a second
      </span>
    </p>
  )
}

/** Where nothing but dashes drifts, half of the frames are enough for the eye, milliseconds. */
const DRIFT_FRAME = 28

/** Draws while something moves, and once whenever what stands still has changed; returns what ends it. */
function keepMoving(canvas: HTMLCanvasElement, layout: Layout, store: AppStore, view: PictureView): () => void {
  const model = new TrafficModel()
  const tracks = createTracks(layout)
  const labels = rememberLabels(layout)
  const palette = rememberPalette(canvas)
  const { host } = store.getState()
  const devices = host === null ? new Map() : mapDevices(host)
  let handle = 0
  let painted = 0
  let changed = true
  const draw = (now: number) => {
    handle = 0
    const moving = model.settle(now)
    const drifting = moving && model.dots.length === 0 && !changed
    if (drifting && now - painted < DRIFT_FRAME) return ask()
    painted = now
    changed = false
    paint(canvas, view, { model, now, devices, tracks, labels, palette, state: store.getState() })
    if (moving) ask()
  }
  const ask = () => {
    handle ||= requestAnimationFrame(draw)
  }
  const refresh = () => {
    changed = true
    ask()
  }
  const take = (state: AppState, before: AppState) => {
    if (feed(model, state, before, { devices, tracks })) refresh()
  }
  const scheme = window.matchMedia('(prefers-color-scheme: light)')
  scheme.addEventListener('change', refresh)
  const removals = [store.subscribe(take), view.onChange(refresh), () => scheme.removeEventListener('change', refresh)]
  ask()
  return () => {
    for (const remove of removals) remove()
    cancelAnimationFrame(handle)
  }
}

/** Gives the model what the store has been told since; tells whether the picture can look different. */
function feed(
  model: TrafficModel,
  state: AppState,
  before: AppState,
  picture: Pick<Painted, 'devices' | 'tracks'>,
): boolean {
  const calm = state.playback.reducedMotion
  if (state.watch === before.watch) return calm !== before.playback.reducedMotion || state.theme !== before.theme
  const { latest, passed, current, flows } = state.watch
  const context = { ...picture, flows, now: performance.now(), calm }
  if (current !== before.watch.current) model.clear()
  else if (latest !== null && latest !== before.watch.latest && latest.stage === 'running')
    model.take(beatOf(latest), context)
  else if (passed !== before.watch.passed && passed.length > 0) model.take(beatOfPackets(passed), context)
  return true
}

/** Packets that a replay passes in one frame set out together. */
function beatOfPackets(packets: readonly WatchPacket[]) {
  const first = packets[0]
  const moves = packets.flatMap(({ seq, flow, netns, device, direction, seconds, nanoseconds }) => {
    if (netns === null || direction === null || first === undefined) return []
    const at = (seconds - first.seconds) * 1000 + (nanoseconds - first.nanoseconds) / 1e6
    return [{ seq, flow, netns, device, direction, at }]
  })
  return { moves, hops: [], since: 0 }
}

interface Painted {
  readonly model: TrafficModel
  readonly now: number
  readonly devices: ReturnType<typeof mapDevices>
  readonly tracks: ReturnType<typeof createTracks>
  readonly labels: ReturnType<typeof rememberLabels>
  readonly palette: ReturnType<typeof rememberPalette>
  readonly state: AppState
}

function paint(canvas: HTMLCanvasElement, view: PictureView, painted: Painted): void {
  const context = canvas.getContext('2d')
  if (context === null) return
  const ratio = window.devicePixelRatio || 1
  const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio]
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight)
  const { model, now, state } = painted
  const palette = painted.palette(now)
  const calm = state.playback.reducedMotion
  const streams = [...model.streams.values()]
  drawStreams(context, streams, painted.labels(streams, view.transform.k), view.transform, palette, { now, calm })
  drawLookedAt(context, view, painted, palette)
  drawDots(context, model.dots, view.transform, palette, now)
}

/** The packet that is looked at: the wire that it was on. */
function drawLookedAt(
  context: CanvasRenderingContext2D,
  view: PictureView,
  { state: { watch }, devices, tracks }: Painted,
  palette: Palette,
): void {
  const packet = watch.cursor === null || watch.replay.playing ? undefined : watch.packets.get(watch.cursor)
  if (packet === undefined || packet.netns === null || packet.direction === null) return
  const { netns, device, direction } = packet
  const flow = packet.flow === null ? undefined : watch.flows.get(packet.flow)
  const far = flow === undefined ? null : farAddress(flow)
  const way = endAtHost(planWay(devices, { netns, device, direction }, far), flow !== undefined && isLocalFlow(flow))
  const track = tracks(way)
  if (track === null) return
  const colour = palette[colourOfFlow(flow)]
  drawWay(context, track, view.transform, colour, palette.ground)
  drawDots(
    context,
    [{ track, begins: 0, label: '', colour: colourOfFlow(flow) }],
    view.transform,
    palette,
    Number.MAX_SAFE_INTEGER,
  )
}

/** Labels are placed anew only when the streams are others, or as often as their numbers are told. */
function rememberLabels(layout: Layout) {
  let known: { readonly streams: string; readonly labels: readonly StreamLabel[] } | null = null
  return (streams: readonly Stream[], zoom: number): readonly StreamLabel[] => {
    const text = `${zoom} ${streams.map(({ key, packetsPerSecond }) => `${key} ${packetsPerSecond}`).join()}`
    if (known?.streams !== text) known = { streams: text, labels: placeLabels(layout, streams, zoom) }
    return known.labels
  }
}

/** How long colours are taken for true: reading them makes the browser compute styles. */
const PALETTE_LASTS = 300

function rememberPalette(canvas: HTMLCanvasElement) {
  let known: { readonly at: number; readonly palette: Palette } | null = null
  return (now: number): Palette => {
    if (known === null || now - known.at > PALETTE_LASTS) known = { at: now, palette: readPalette(canvas) }
    return known.palette
  }
}

function readPalette(canvas: HTMLCanvasElement): Palette {
  const style = getComputedStyle(canvas)
  const read = (name: string) => style.getPropertyValue(name).trim()
  return {
    icmp: read('--icmp'),
    tcp: read('--tcp'),
    udp: read('--udp'),
    dns: read('--dns'),
    arp: read('--arp'),
    ground: read('--bg'),
    ink: read('--text'),
    accent: read('--accent'),
  }
}
