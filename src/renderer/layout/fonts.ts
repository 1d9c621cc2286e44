import type { FontName } from './types.ts'

export interface FontSpec {
  readonly size: number
  readonly weight: number
  readonly family: 'ui' | 'mono'
}

/** The type of the picture. The style sheet's families and these go together: a text is measured as it is drawn. */
export const FONTS: Readonly<Record<FontName, FontSpec>> = {
  title: { size: 13, weight: 600, family: 'ui' },
  gate: { size: 11.5, weight: 600, family: 'ui' },
  detail: { size: 11, weight: 400, family: 'ui' },
  mono: { size: 10.5, weight: 400, family: 'mono' },
  small: { size: 10, weight: 400, family: 'ui' },
  compact: { size: 12, weight: 600, family: 'ui' },
  far: { size: 16.5, weight: 600, family: 'ui' },
  heading: { size: 10.5, weight: 600, family: 'ui' },
}

export const FAMILIES: Readonly<Record<FontSpec['family'], string>> = {
  ui: 'Inter, "Segoe UI", system-ui, sans-serif',
  mono: '"JetBrains Mono", "DejaVu Sans Mono", ui-monospace, monospace',
}

/** Returns the font as CSS and canvas write it. */
export function cssFont(name: FontName): string {
  const { size, weight, family } = FONTS[name]
  return `${weight} ${size}px ${FAMILIES[family]}`
}

/** Returns a width that is a little more than that of usual fonts: for tests, and where there is no canvas. */
export function estimateWidth(text: string, font: FontName): number {
  const { size, family, weight } = FONTS[font]
  const each = family === 'mono' ? 0.62 : weight >= 600 ? 0.68 : 0.62
  return Array.from(text).length * size * each
}
