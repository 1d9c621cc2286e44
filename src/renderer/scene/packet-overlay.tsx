import { useEffect, useRef } from 'react'
import type { Layout } from '../layout/types.ts'
import { shownPosition } from '../playback/run-playback.ts'
import { at } from '../playback/timeline.ts'
import { useAppStore } from '../store/hooks.ts'
import type { AppState, AppStore } from '../store/store.ts'
import { colourOf } from './describe-scene.ts'
import { drawPacket, type PacketLook } from './draw-packet.ts'
import { labelPacket } from './label-packet.ts'
import { otherSide } from './other-side.ts'
import { placePacket } from './place-packet.ts'
import type { PictureView } from './picture-view.ts'

/** The canvas above the picture. */
export function PacketOverlay({ layout, view }: { readonly layout: Layout; readonly view: PictureView }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const store = useAppStore()
  useEffect(() => {
    const element = canvas.current
    return element === null ? undefined : keepDrawn(element, layout, store, view)
  }, [layout, store, view])
  return <canvas className="packet-overlay" ref={canvas} aria-hidden="true" />
}

/** Draws at most once a frame, when position, view or theme have changed; returns what ends it. */
function keepDrawn(canvas: HTMLCanvasElement, layout: Layout, store: AppStore, view: PictureView): () => void {
  let handle = 0
  const draw = () => {
    handle = 0
    drawOverlay(canvas, layout, store.getState(), view.transform)
  }
  const ask = () => {
    handle ||= requestAnimationFrame(draw)
  }
  const scheme = window.matchMedia('(prefers-color-scheme: light)')
  scheme.addEventListener('change', ask)
  const removals = [store.subscribe(ask), view.onChange(ask), () => scheme.removeEventListener('change', ask)]
  ask()
  return () => {
    for (const remove of removals) remove()
    cancelAnimationFrame(handle)
  }
}

function drawOverlay(
  canvas: HTMLCanvasElement,
  layout: Layout,
  { timeline, playback }: AppState,
  transform: { readonly x: number; readonly y: number; readonly k: number },
): void {
  const context = canvas.getContext('2d')
  if (context === null) return
  const ratio = window.devicePixelRatio || 1
  const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio]
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight)
  const moment = at(timeline, shownPosition(timeline, playback.position, playback.reducedMotion))
  if (moment === null) return
  const other = otherSide(timeline, moment)
  for (const shown of other === null ? [moment] : [other, moment]) {
    const position = placePacket(layout, shown)
    if (position === null) continue
    drawPacket(context, {
      at: { x: position.x * transform.k + transform.x, y: position.y * transform.k + transform.y },
      scale: Math.min(1.25, Math.max(0.84, transform.k)),
      parts: labelPacket(shown),
      fall: position.fall,
      look: readLook(canvas, colourOf(moment.leg)),
      expected: shown.event.lane === 'predicted',
    })
  }
}

function readLook(canvas: HTMLCanvasElement, colour: string): PacketLook {
  const style = getComputedStyle(canvas)
  const read = (name: string) => style.getPropertyValue(name).trim()
  return { fill: read(`--${colour}`), ink: read('--bg'), drop: read('--drop'), halo: read('--bg') }
}
