import { cssFont, estimateWidth } from '../layout/fonts.ts'
import type { FontName } from '../layout/types.ts'

const widths = new Map<string, number>()
const MOST_KEPT = 20_000
let context: CanvasRenderingContext2D | null | undefined

/** Returns the width of a text as the browser draws it, remembered; an estimate where there is no canvas. */
export function measureText(text: string, font: FontName): number {
  const key = `${font} ${text}`
  const known = widths.get(key)
  if (known !== undefined) return known
  context ??= document.createElement('canvas').getContext('2d')
  if (context === null) return estimateWidth(text, font)
  context.font = cssFont(font)
  // Letters of headings are set wider apart (scene.css).
  const spacing = font === 'heading' ? 0.9 * text.length : 0
  const width = context.measureText(text).width + spacing
  if (widths.size >= MOST_KEPT) widths.clear()
  widths.set(key, width)
  return width
}
