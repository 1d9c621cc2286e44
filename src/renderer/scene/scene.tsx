import { useEffect, useMemo, useRef } from 'react'
import { layoutHost } from '../layout/layout-host.ts'
import type { Layout } from '../layout/types.ts'
import { runPlayback } from '../playback/run-playback.ts'
import { useApp, useAppStore } from '../store/hooks.ts'
import { selectEventIndex } from '../store/selectors.ts'
import { CalloutView } from './callout-view.tsx'
import { describeScene } from './describe-scene.ts'
import { measureText } from './measure-text.ts'
import { PacketOverlay } from './packet-overlay.tsx'
import { Picture } from './picture.tsx'
import { useRoom } from './use-room.ts'
import { useView } from './use-view.ts'
import { ViewControls } from './view-controls.tsx'
import './scene.css'

/** Below this zoom the small print could not be read. */
const FAR = 0.66

/**
 * The picture of the host with the packet in it, filling its parent. It reads everything from the store around it and
 * drives playback while it is mounted.
 */
export function Scene() {
  const host = useApp((state) => state.host)
  const section = useRef<HTMLElement>(null)
  const room = useRoom(section)
  const layout = useMemo(
    () => (host === null || room === null ? null : layoutHost(host, measureText, room)),
    [host, room],
  )
  usePlayback()
  return (
    <section ref={section} className="scene" aria-label="The host and the packet's way through it">
      {host === null && <p className="scene-empty">The host has not been read yet.</p>}
      {layout !== null && <View layout={layout} />}
    </section>
  )
}

function View({ layout }: { readonly layout: Layout }) {
  const timeline = useApp((state) => state.timeline)
  const eventIndex = useApp(selectEventIndex)
  const marks = useMemo(() => describeScene(layout, timeline, eventIndex), [layout, timeline, eventIndex])
  const store = useAppStore()
  const viewport = useRef<HTMLDivElement>(null)
  const view = useView(viewport, layout)
  return (
    <>
      {/* biome-ignore lint: a click beside everything clears the selection; the same is on Escape in the app */}
      <div className="scene-viewport" ref={viewport} onClick={() => store.getState().select(null)}>
        <div className="scene-layer" ref={view.layer}>
          <Picture layout={layout} marks={marks} eventIndex={eventIndex} svg={view.svg} far={view.zoom < FAR} />
          <CalloutView layout={layout} callout={marks.callout} zoom={view.zoom} />
        </div>
        <PacketOverlay layout={layout} view={view} />
      </div>
      <ViewControls view={view} />
    </>
  )
}

/** Moves the position while the store plays, and follows the system's wish for reduced motion. */
function usePlayback() {
  const store = useAppStore()
  useEffect(() => runPlayback(store, window), [store])
  useEffect(() => {
    const query = window.matchMedia('(prefers-reduced-motion: reduce)')
    const follow = () => store.getState().setReducedMotion(query.matches)
    follow()
    query.addEventListener('change', follow)
    return () => query.removeEventListener('change', follow)
  }, [store])
}
