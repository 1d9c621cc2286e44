import { createContext, useContext } from 'react'
import { FONTS } from '../layout/fonts.ts'
import type { TextRun } from '../layout/types.ts'
import { measureText } from './measure-text.ts'

/** How much larger than laid out a text may be drawn, where its room allows: a small picture needs large print. */
export const Print = createContext(1)

const LARGEST_PRINT = 1.35

/** Returns the print for a zoom, in few steps, so that zooming does not draw every text anew. */
export function printAt(zoom: number): number {
  return Math.min(LARGEST_PRINT, Math.max(1, Math.ceil(9 / zoom) / 10))
}

/** One line of text; where it had to be shortened, its whole is the tooltip. */
export function TextView({ run, className = '' }: { readonly run: TextRun; readonly className?: string }) {
  const print = useContext(Print)
  const size = FONTS[run.font].size * enlarge(run, print)
  return (
    <text
      className={`text-${run.font} tone-${run.tone} ${className}`}
      x={run.x}
      y={run.y}
      textAnchor={run.align}
      style={run.font === 'far' || print === 1 ? undefined : { fontSize: `${Math.floor(size * 20) / 20}px` }}
    >
      {run.text}
      {run.text !== run.full && <title>{run.full}</title>}
    </text>
  )
}

/** A text grows as far as its room goes, and never so that it would have to be shortened. */
function enlarge(run: TextRun, print: number): number {
  const width = print === 1 ? 0 : measureText(run.text, run.font)
  return width === 0 ? 1 : Math.max(1, Math.min(print, run.room / width))
}
