import type { PictureView } from './picture-view.ts'

/** Zoom out, actual size, zoom in, fit. */
export function ViewControls({ view, zoom }: { readonly view: PictureView; readonly zoom: number }) {
  return (
    <div className="view-controls" role="group" aria-label="Zoom">
      <button type="button" aria-label="Zoom out" onClick={() => view.zoomBy(1 / 1.25)}>
        −
      </button>
      <button type="button" className="view-level" aria-label="Actual size" onClick={view.actualSize}>
        {Math.round(zoom * 100)}%
      </button>
      <button type="button" aria-label="Zoom in" onClick={() => view.zoomBy(1.25)}>
        +
      </button>
      <button type="button" onClick={view.fit}>
        Fit
      </button>
    </div>
  )
}
