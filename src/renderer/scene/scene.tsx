import { useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { HostState } from '../../core/host/host-state.ts'
import { layoutHost } from '../layout/layout-host.ts'
import type { Room } from '../layout/place-containers.ts'
import type { Layout } from '../layout/types.ts'
import { runPlayback } from '../playback/run-playback.ts'
import { runReplay } from '../playback/run-replay.ts'
import { useApp, useAppStore } from '../store/hooks.ts'
import { selectEventIndex, selectLookedAt } from '../store/selectors.ts'
import { EMPTY_TIMELINE } from '../playback/timeline.ts'
import { CalloutView } from './callout-view.tsx'
import { describeScene, markPlace } from './describe-scene.ts'
import { measureText } from './measure-text.ts'
import { PacketOverlay } from './packet-overlay.tsx'
import { Picture } from './picture.tsx'
import { PictureView } from './picture-view.ts'
import { Print, printAt } from './text-view.tsx'
import { TrafficOverlay } from './traffic/traffic-overlay.tsx'
import { useRoom } from './use-room.ts'
import { ViewControls } from './view-controls.tsx'
import './scene.css'
import './picture.css'

/** Below this zoom the small print could not be read. */
const FAR = 0.6

/**
 * The picture of the host with the packet in it, filling its parent. It reads everything from the store around it and
 * drives playback while it is mounted.
 */
export function Scene() {
  const host = useApp((state) => state.host)
  const section = useRef<HTMLElement>(null)
  const room = useRoom(section)
  const layout = useStableLayout(host, room)
  usePlayback()
  return (
    <section ref={section} className="scene" aria-label="The host and the packet's way through it">
      {host === null && <p className="scene-empty">The host has not been read yet.</p>}
      {layout !== null && <View layout={layout} />}
    </section>
  )
}

/** Returns the picture's layout; the same object as before where a new reading of the host changes nothing in it. */
function useStableLayout(host: HostState | null, room: Room | null): Layout | null {
  const next = useMemo(() => {
    const layout = host === null || room === null ? null : layoutHost(host, measureText, room)
    return { layout, text: JSON.stringify(layout) }
  }, [host, room])
  const [kept, setKept] = useState(next)
  if (kept.text === next.text) return kept.layout
  setKept(next)
  return next.layout
}

function View({ layout }: { readonly layout: Layout }) {
  // While traffic is watched, no trace is on the picture.
  const watching = useApp((state) => state.mode === 'watch')
  const traced = useApp((state) => state.timeline)
  const timeline = watching ? EMPTY_TIMELINE : traced
  const eventIndex = useApp((state) => (state.mode === 'watch' ? -1 : selectEventIndex(state)))
  const looked = useApp(selectLookedAt)
  const marks = useMemo(
    () => (looked === null ? describeScene(layout, timeline, eventIndex) : markPlace(layout, looked)),
    [layout, timeline, eventIndex, looked],
  )
  const store = useAppStore()
  const viewport = useRef<HTMLDivElement>(null)
  const layer = useRef<HTMLDivElement>(null)
  const svg = useRef<SVGSVGElement>(null)
  const [view] = useState(() => new PictureView())
  useLayoutEffect(() => {
    if (!viewport.current || !layer.current || !svg.current) return
    return view.attach({ viewport: viewport.current, layer: layer.current, svg: svg.current })
  }, [view])
  useLayoutEffect(() => view.resize(layout), [view, layout])
  useEffect(() => {
    const element = viewport.current
    // A click beside everything; one on a box selects that right after.
    const clear = () => store.getState().select(null)
    element?.addEventListener('click', clear)
    return () => element?.removeEventListener('click', clear)
  }, [store])
  const zoom = useSyncExternalStore(view.onChange, view.zoomLevel)
  return (
    <>
      <div className="scene-viewport" ref={viewport}>
        <div className="scene-layer" ref={layer}>
          <Print value={printAt(zoom)}>
            <Picture layout={layout} marks={marks} eventIndex={eventIndex} svg={svg} far={zoom < FAR} />
          </Print>
          <CalloutView layout={layout} callout={marks.callout} zoom={zoom} />
        </div>
        {watching ? <TrafficOverlay layout={layout} view={view} /> : <PacketOverlay layout={layout} view={view} />}
      </div>
      <ViewControls view={view} zoom={zoom} />
    </>
  )
}

/** Moves the position while the store plays, and follows the system's wish for reduced motion. */
function usePlayback() {
  const store = useAppStore()
  useEffect(() => runPlayback(store, window), [store])
  useEffect(() => runReplay(store, window), [store])
  useEffect(() => {
    const query = window.matchMedia('(prefers-reduced-motion: reduce)')
    const follow = () => store.getState().setReducedMotion(query.matches)
    follow()
    query.addEventListener('change', follow)
    return () => query.removeEventListener('change', follow)
  }, [store])
}
