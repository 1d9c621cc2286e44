import type { CancelSignal } from '../../protocol/cancel-signal.ts'
import type { Client } from '../../protocol/connect.ts'
import type { Download, Outcome } from '../../protocol/contract.ts'

/** Bytes of one piece of an upload: as base64 just what `upload` takes, and a multiple of three. */
const PIECE = 36 * 1024

/** Gives the id of the upload of some bytes; `onFraction` is told how much of it is done, 0..1. */
export async function uploadBytes(
  client: Client,
  bytes: Uint8Array,
  onFraction: (fraction: number) => void,
): Promise<Outcome<string>> {
  let upload: string | null = null
  for (let offset = 0; offset === 0 || offset < bytes.length; offset += PIECE) {
    const data = toBase64(bytes.subarray(offset, offset + PIECE))
    const outcome: Outcome<{ readonly upload: string }> = await client.call('upload', { upload, data })
    if (!outcome.ok) return outcome
    upload = outcome.value.upload
    onFraction(Math.min(1, (offset + PIECE) / Math.max(1, bytes.length)))
  }
  return { ok: true, value: upload ?? '' }
}

/** As `uploadBytes`, of a file that is read piece by piece: an image can be larger than what is good to hold at once. */
export async function uploadFile(
  client: Client,
  file: Blob,
  onFraction: (fraction: number) => void,
  signal: CancelSignal,
): Promise<Outcome<string>> {
  let upload: string | null = null
  for (let offset = 0; offset === 0 || offset < file.size; offset += PIECE) {
    const piece = new Uint8Array(await file.slice(offset, offset + PIECE).arrayBuffer())
    const data = toBase64(piece)
    const outcome: Outcome<{ readonly upload: string }> = await client.call('upload', { upload, data }, { signal })
    if (!outcome.ok) return outcome
    upload = outcome.value.upload
    onFraction(Math.min(1, (offset + PIECE) / Math.max(1, file.size)))
  }
  return { ok: true, value: upload ?? '' }
}

/** Gives the bytes of a file that the backend has made. */
export async function downloadBytes(
  client: Client,
  { download, bytes }: Download,
  onFraction: (fraction: number) => void,
): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  const pieces: Uint8Array[] = []
  let offset: number | null = 0
  while (offset !== null) {
    const outcome: Outcome<{ readonly data: string; readonly next: number | null }> = await client.call('download', {
      download,
      offset,
    })
    if (!outcome.ok) return outcome
    pieces.push(fromBase64(outcome.value.data))
    offset = outcome.value.next
    onFraction(offset === null ? 1 : Math.min(1, offset / Math.max(1, bytes)))
  }
  return { ok: true, value: joinPieces(pieces) }
}

function joinPieces(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

/** Returns the bytes of base64 text. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}
