import type { FontName, Measure, Rect, TextRun, Tone } from './types.ts'

/** Returns the text, or as much of its beginning as fits in `room` with an ellipsis; '' where not even that fits. */
export function shortenText(text: string, room: number, font: FontName, measure: Measure): string {
  if (measure(text, font) <= room) return text
  const characters = Array.from(text)
  let low = 0
  let high = characters.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (measure(`${characters.slice(0, middle).join('').trimEnd()}…`, font) <= room) low = middle
    else high = middle - 1
  }
  if (low === 0) return measure('…', font) <= room ? '…' : ''
  return `${characters.slice(0, low).join('').trimEnd()}…`
}

/**
 * Returns a name that fits in `room`: where it is too long, its beginning and its end around an ellipsis, since the names
 * of one project's containers begin alike and end in what tells them apart.
 */
function shortenName(name: string, room: number, font: FontName, measure: Measure): string {
  if (measure(name, font) <= room) return name
  const characters = Array.from(name)
  for (let kept = characters.length - 1; kept >= 4; kept--) {
    const end = Math.ceil(kept / 2)
    const text = `${characters.slice(0, kept - end).join('')}…${characters.slice(-end).join('')}`
    if (measure(text, font) <= room) return text
  }
  return shortenText(name, room, font, measure)
}

/** Returns a name that keeps within its room, see `shortenName`. */
export function writeName(...[at, name, font, tone, measure]: Parameters<typeof writeText>): TextRun {
  return { ...writeText(at, name, font, tone, measure), text: shortenName(name, at.room, font, measure) }
}

/** Returns a line of text that keeps within its room. */
export function writeText(
  at: { readonly x: number; readonly y: number; readonly room: number; readonly align?: TextRun['align'] },
  text: string,
  font: FontName,
  tone: Tone,
  measure: Measure,
): TextRun {
  const align = at.align ?? 'start'
  return {
    x: at.x,
    y: at.y,
    room: at.room,
    align,
    font,
    tone,
    text: shortenText(text, at.room, font, measure),
    full: text,
  }
}

/** Returns a box's name as it stands in the box's middle when the picture is small. */
export function writeFar(name: string, box: Rect, measure: Measure): TextRun {
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 + 6, room: box.width - 10, align: 'middle' } as const
  return writeName(at, name, 'far', 'main', measure)
}

/** Returns where a text begins and ends horizontally, measured. */
export function textSpan(run: TextRun, measure: Measure): readonly [number, number] {
  const width = measure(run.text, run.font)
  const left = run.align === 'start' ? run.x : run.align === 'end' ? run.x - width : run.x - width / 2
  return [left, left + width]
}
