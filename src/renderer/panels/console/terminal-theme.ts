import type { ITheme } from '@xterm/xterm'

/** The sixteen colours on a dark and on a light page; xterm mends what has too little contrast. */
const DARK: ITheme = {
  black: '#1b232c',
  red: '#ff6b6b',
  green: '#8ee07a',
  yellow: '#ffd166',
  blue: '#4cc2ff',
  magenta: '#d2a8ff',
  cyan: '#57d4c8',
  white: '#c8d3de',
  brightBlack: '#7b8996',
  brightRed: '#ff9a9a',
  brightGreen: '#b5f0a6',
  brightYellow: '#ffe29a',
  brightBlue: '#8fdaff',
  brightMagenta: '#e6ceff',
  brightCyan: '#93e8e0',
  brightWhite: '#ffffff',
}

const LIGHT: ITheme = {
  black: '#17202a',
  red: '#b82424',
  green: '#257a35',
  yellow: '#785600',
  blue: '#0a6fb3',
  magenta: '#7c4dcc',
  cyan: '#0b7078',
  white: '#5f6b78',
  brightBlack: '#526170',
  brightRed: '#d13b3b',
  brightGreen: '#1a7d47',
  brightYellow: '#9a5c00',
  brightBlue: '#1c86cc',
  brightMagenta: '#9463e0',
  brightCyan: '#128a93',
  brightWhite: '#3a4654',
}

/** Returns the page's colours as they are now. */
export function readTerminalTheme(): ITheme {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  const isLight = style.colorScheme.trim() === 'light'
  return {
    ...(isLight ? LIGHT : DARK),
    background: colour('--bg'),
    foreground: colour('--text'),
    cursor: colour('--accent'),
    cursorAccent: colour('--bg'),
    selectionBackground: isLight ? '#0a6fb344' : '#4cc2ff44',
    scrollbarSliderBackground: isLight ? '#52617044' : '#9dabb944',
    scrollbarSliderHoverBackground: isLight ? '#52617077' : '#9dabb977',
    scrollbarSliderActiveBackground: isLight ? '#526170aa' : '#9dabb9aa',
  }
}
