import { select, zoom, type ZoomBehavior, zoomIdentity, type ZoomTransform } from 'd3'
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import type { Layout } from '../layout/types.ts'

export interface View {
  readonly layer: RefObject<HTMLDivElement | null>
  readonly svg: RefObject<SVGSVGElement | null>
  /** Read by the canvas at each drawing. */
  readonly transform: RefObject<ZoomTransform>
  /** Calls the listener after every pan, zoom and resize; returns its removal. */
  readonly onChange: (listener: () => void) => () => void
  readonly zoom: number
  readonly zoomBy: (factor: number) => void
  readonly actualSize: () => void
  readonly fit: () => void
}

const RANGE: [number, number] = [0.2, 4]
const LARGEST_FIT = 1.5

/**
 * Pans and zooms the picture. Panning is a translation of the layer alone (its own compositor layer, so nothing is
 * painted again); a zoom changes the size of the SVG, so that text stays sharp. Fits the picture until the user moves it.
 */
export function useView(viewport: RefObject<HTMLDivElement | null>, layout: Layout): View {
  const layer = useRef<HTMLDivElement>(null)
  const svg = useRef<SVGSVGElement>(null)
  const transform = useRef<ZoomTransform>(zoomIdentity)
  const behaviour = useRef<ZoomBehavior<HTMLDivElement, unknown> | null>(null)
  const moved = useRef(false)
  const listeners = useRef(new Set<() => void>())
  const [zoomLevel, setZoomLevel] = useState(1)
  const size = useRef(layout)
  size.current = layout

  const apply = useCallback((next: ZoomTransform) => {
    transform.current = next
    if (layer.current)
      layer.current.style.transform = `translate3d(${Math.round(next.x)}px, ${Math.round(next.y)}px, 0)`
    svg.current?.setAttribute('width', `${size.current.width * next.k}`)
    svg.current?.setAttribute('height', `${size.current.height * next.k}`)
    setZoomLevel(next.k)
    for (const listener of listeners.current) listener()
  }, [])

  const fit = useCallback(() => {
    const element = viewport.current
    if (element === null || behaviour.current === null) return
    moved.current = false
    select(element).call(behaviour.current.transform, fitTransform(element, size.current))
  }, [viewport])

  useEffect(() => {
    const element = viewport.current
    if (element === null) return
    const zooming = zoom<HTMLDivElement, unknown>()
      .scaleExtent(RANGE)
      .on('zoom', (event: { transform: ZoomTransform; sourceEvent: unknown }) => {
        if (event.sourceEvent) moved.current = true
        apply(event.transform)
      })
    behaviour.current = zooming
    select(element).call(zooming).on('dblclick.zoom', null)
    fit()
    const observer = new ResizeObserver(() => (moved.current ? apply(transform.current) : fit()))
    observer.observe(element)
    return () => {
      observer.disconnect()
      select(element).on('.zoom', null)
    }
  }, [viewport, apply, fit])

  // A refreshed host may have another size; a picture that the user has moved stays where it is.
  useEffect(() => {
    if (layout.width > 0 && !moved.current) fit()
    else apply(transform.current)
  }, [layout.width, layout.height, fit, apply])

  const zoomTo = (change: (element: HTMLDivElement, zooming: ZoomBehavior<HTMLDivElement, unknown>) => void) => {
    if (viewport.current === null || behaviour.current === null) return
    moved.current = true
    change(viewport.current, behaviour.current)
  }
  return {
    layer,
    svg,
    transform,
    onChange: useCallback((listener) => {
      listeners.current.add(listener)
      return () => listeners.current.delete(listener)
    }, []),
    zoom: zoomLevel,
    zoomBy: (factor) => zoomTo((element, zooming) => select(element).call(zooming.scaleBy, factor)),
    actualSize: () => zoomTo((element, zooming) => select(element).call(zooming.scaleTo, 1)),
    fit,
  }
}

function fitTransform(element: HTMLElement, { width, height }: Layout): ZoomTransform {
  const { clientWidth, clientHeight } = element
  const k = Math.min(LARGEST_FIT, Math.max(RANGE[0], Math.min(clientWidth / width, clientHeight / height)))
  return zoomIdentity.translate((clientWidth - width * k) / 2, (clientHeight - height * k) / 2).scale(k)
}
