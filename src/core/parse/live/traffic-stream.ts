import { joinBytes, u16, u32, u8 } from './bytes.ts'

/** What the helper's watch says with a frame; the letters are those of watch-traffic.pl. */
const KINDS = {
  f: 'refused-filter',
  r: 'ready',
  c: 'capture',
  d: 'capture-words',
  k: 'events',
  l: 'listing',
  m: 'conntrack-words',
  x: 'tool-ended',
  g: 'place-gone',
} as const

export type TrafficKind = (typeof KINDS)[keyof typeof KINDS]

/** A piece of one tool's output in one of the places that are watched, which are numbered in the order of the plan. */
export interface TrafficPiece {
  readonly kind: TrafficKind
  readonly place: number
  readonly bytes: Uint8Array
}

/** Made by openTraffic, changed by feedTraffic. */
export interface TrafficStream {
  pending: Uint8Array
  broken: boolean
}

const HEADER = 8

/** More than the helper reads at once: a length beyond it is no length. */
const LONGEST = 4 << 20

/** Returns a stream that nothing was fed to. */
export function openTraffic(): TrafficStream {
  return { pending: new Uint8Array(0), broken: false }
}

/** Returns the pieces that further output completes. After a frame that is none the stream is broken and gives no more. */
export function feedTraffic(stream: TrafficStream, chunk: Uint8Array): readonly TrafficPiece[] {
  if (stream.broken) return []
  const bytes = stream.pending.length === 0 ? chunk : joinBytes(stream.pending, chunk)
  const pieces: TrafficPiece[] = []
  let at = 0
  while (at + HEADER <= bytes.length) {
    const kind = (KINDS as Readonly<Record<string, TrafficKind>>)[String.fromCharCode(u8(bytes, at))]
    const length = u32(bytes, at + 4)
    if (kind === undefined || u8(bytes, at + 1) !== 0 || length > LONGEST) {
      stream.broken = true
      break
    }
    if (at + HEADER + length > bytes.length) break
    pieces.push({ kind, place: u16(bytes, at + 2), bytes: bytes.subarray(at + HEADER, at + HEADER + length) })
    at += HEADER + length
  }
  stream.pending = bytes.subarray(at)
  return pieces
}
