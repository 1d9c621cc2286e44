/** How the terminal is written to. `width` is in columns, at least 80. */
export interface Style {
  readonly color: boolean
  readonly unicode: boolean
  readonly width: number
}

/** The signs of the human form, with what stands in for them where the locale is not UTF-8. */
export interface Glyphs {
  readonly arrow: string
  readonly good: string
  readonly bad: string
  readonly unsure: string
  readonly warn: string
  readonly dash: string
  readonly ellipsis: string
}

const UNICODE: Glyphs = { arrow: '→', good: '✓', bad: '✗', unsure: '?', warn: '!', dash: '—', ellipsis: '…' }
const ASCII: Glyphs = { arrow: '->', good: 'ok', bad: 'x', unsure: '?', warn: '!', dash: '-', ellipsis: '...' }

/** The glyphs of a style. */
export function glyphsOf(style: Style): Glyphs {
  return style.unicode ? UNICODE : ASCII
}

/** What a piece of text is; its colour follows from it. */
export type Role = 'plain' | 'title' | 'place' | 'dim' | 'changed' | 'good' | 'bad' | 'warn'

const SGR: Readonly<Record<Role, string>> = {
  plain: '',
  title: '1',
  place: '36',
  dim: '2',
  changed: '1;33',
  good: '32',
  bad: '1;31',
  warn: '33',
}

/** The eight base colours only, so that it reads on light and on dark terminals. */
export function paint(style: Style, role: Role, text: string): string {
  const code = SGR[role]
  return style.color && code !== '' && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text
}

/** What decides a style: options, environment and the stream that is written to. */
export interface StyleInput {
  readonly forced: 'always' | 'never' | null
  readonly env: Readonly<Record<string, string | undefined>>
  readonly terminal: boolean
  readonly columns: number | undefined
  readonly platform: string
}

/**
 * The style for a stream. Options win over NO_COLOR (any value but the empty one, no-color.org), and that over the
 * terminal. Text that is not for a terminal is 100 columns wide.
 */
export function chooseStyle(input: StyleInput): Style {
  const { env } = input
  const wanted = input.terminal && !env.NO_COLOR && env.TERM !== 'dumb'
  const color = input.forced === null ? wanted : input.forced === 'always'
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  // Windows Terminal and macOS write UTF-8 without saying so in these variables.
  const unicode = /utf-?8/i.test(locale) || input.platform === 'win32' || input.platform === 'darwin'
  return { color, unicode, width: Math.max(80, input.terminal ? (input.columns ?? 100) : 100) }
}
