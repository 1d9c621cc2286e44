import { select, zoom, type ZoomTransform, zoomIdentity } from 'd3'

interface Size {
  readonly width: number
  readonly height: number
}

interface Elements {
  /** Takes wheel, drag and pinch. */
  readonly viewport: HTMLDivElement
  readonly layer: HTMLDivElement
  readonly svg: SVGSVGElement
}

const RANGE: [number, number] = [0.2, 4]
const LARGEST_FIT = 1.5

/**
 * Pans and zooms the picture. Panning is a translation of the layer alone (its own compositor layer, so nothing is
 * painted again); a zoom changes the size of the SVG, so that text stays sharp. Fits the picture until the user moves it.
 */
export class PictureView {
  /** Where the picture's origin is in the viewport, and its scale. */
  transform: ZoomTransform = zoomIdentity
  readonly #zooming = zoom<HTMLDivElement, unknown>().scaleExtent(RANGE)
  readonly #listeners = new Set<() => void>()
  #elements: Elements | null = null
  #size: Size = { width: 1, height: 1 }
  #moved = false

  /** Works on the given elements until the returned function is called. */
  attach(elements: Elements): () => void {
    this.#elements = elements
    this.#zooming.on('zoom', (event: { readonly transform: ZoomTransform; readonly sourceEvent: unknown }) => {
      if (event.sourceEvent) this.#moved = true
      this.#apply(event.transform)
    })
    select(elements.viewport).call(this.#zooming).on('dblclick.zoom', null)
    const observer = new ResizeObserver(() => this.#settle())
    observer.observe(elements.viewport)
    this.#settle()
    return () => {
      observer.disconnect()
      select(elements.viewport).on('.zoom', null)
      this.#elements = null
    }
  }

  /** Shows a picture of this size; one that the user has moved stays where it is. */
  resize(size: Size): void {
    this.#size = size
    this.#settle()
  }

  /** Calls the listener after every pan, zoom and resize; returns its removal. */
  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly zoomLevel = (): number => this.transform.k

  readonly zoomBy = (factor: number): void => {
    this.#moved = true
    if (this.#elements) select(this.#elements.viewport).call(this.#zooming.scaleBy, factor)
  }

  readonly actualSize = (): void => {
    this.#moved = true
    if (this.#elements) select(this.#elements.viewport).call(this.#zooming.scaleTo, 1)
  }

  readonly fit = (): void => {
    if (!this.#elements) return
    this.#moved = false
    select(this.#elements.viewport).call(this.#zooming.transform, fitTransform(this.#elements.viewport, this.#size))
  }

  #settle(): void {
    if (this.#moved) this.#apply(this.transform)
    else this.fit()
  }

  #apply(next: ZoomTransform): void {
    this.transform = next
    if (this.#elements) {
      const { layer, svg } = this.#elements
      layer.style.transform = `translate3d(${Math.round(next.x)}px, ${Math.round(next.y)}px, 0)`
      svg.setAttribute('width', `${this.#size.width * next.k}`)
      svg.setAttribute('height', `${this.#size.height * next.k}`)
    }
    for (const listener of this.#listeners) listener()
  }
}

function fitTransform(viewport: HTMLElement, { width, height }: Size): ZoomTransform {
  const { clientWidth, clientHeight } = viewport
  const k = Math.min(LARGEST_FIT, Math.max(RANGE[0], Math.min(clientWidth / width, clientHeight / height)))
  return zoomIdentity.translate((clientWidth - width * k) / 2, (clientHeight - height * k) / 2).scale(k)
}
