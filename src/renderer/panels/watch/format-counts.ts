const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** Returns a whole number with its thousands set apart: `12,345`. */
export function countWords(value: number): string {
  return WHOLE.format(value)
}

/** Returns a number of packets in words. */
export function packetCount(count: number): string {
  return count === 1 ? '1 packet' : `${countWords(count)} packets`
}

/** Returns bytes in three digits: `812 B`, `1.2 kB`, `34 MB`. */
export function byteWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`
}

/** Returns a rate in packets a second: `12/s`, `0.3/s`, `4.1k/s`; empty for none. */
export function rateWords(perSecond: number): string {
  if (perSecond <= 0) return ''
  if (perSecond >= 9_950) return `${Math.round(perSecond / 1000)}k/s`
  if (perSecond >= 1000) return `${(perSecond / 1000).toFixed(1)}k/s`
  return `${perSecond >= 9.95 ? Math.round(perSecond) : Math.max(0.1, Math.round(perSecond * 10) / 10)}/s`
}

/** Returns a span of time in its two largest units: `4 s`, `2 min 5 s`, `1 h 12 min`. */
export function ageWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Returns a span of time as a clock counts it, for a narrow column: `0:04`, `12:05`, `1:02:03`. */
export function clockWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const pad = (value: number) => String(value).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${pad(seconds % 60)}`
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`
}
