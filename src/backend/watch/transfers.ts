import { randomBytes } from 'node:crypto'
import type { Download, Failure, Outcome } from '../../protocol/contract.ts'

/** Bytes of a file that one answer carries. */
const PIECE = 3 * 256 * 1024

/** Most files that are under way at once, in each direction; the oldest goes when one more comes. */
const MOST_FILES = 8

/** Longest file that is taken. */
const LONGEST_UPLOAD = 512 * 1024 * 1024

/** Files on their way to the client and from it, in pieces that fit a message. */
export class Transfers {
  readonly #downloads = new Map<string, Uint8Array>()
  readonly #uploads = new Map<string, { readonly pieces: Buffer[]; bytes: number }>()

  /** Makes a file ready to be fetched. */
  offer(name: string, bytes: Uint8Array): Download {
    const download = newId()
    keep(this.#downloads, download, bytes)
    return { download, name, bytes: bytes.length }
  }

  /** Gives the piece at an offset, and forgets the file with its last one. */
  fetch(download: string, offset: number): Outcome<{ readonly data: string; readonly next: number | null }> {
    const bytes = this.#downloads.get(download)
    if (bytes === undefined) return unknown('download')
    if (offset > bytes.length) return { ok: false, failure: badOffset(bytes.length) }
    const end = Math.min(offset + PIECE, bytes.length)
    const data = Buffer.from(bytes.buffer, bytes.byteOffset + offset, end - offset).toString('base64')
    if (end === bytes.length) this.#downloads.delete(download)
    return { ok: true, value: { data, next: end === bytes.length ? null : end } }
  }

  /** Takes a piece; a null id begins a file. */
  receive(upload: string | null, data: string): Outcome<{ readonly upload: string; readonly bytes: number }> {
    const id = upload ?? newId()
    if (upload === null) keep(this.#uploads, id, { pieces: [], bytes: 0 })
    const file = this.#uploads.get(id)
    if (file === undefined) return unknown('upload')
    const piece = Buffer.from(data, 'base64')
    if (file.bytes + piece.length > LONGEST_UPLOAD) {
      this.#uploads.delete(id)
      return { ok: false, failure: { code: 'bad-params', message: 'the file is too long', at: 'data' } }
    }
    file.pieces.push(piece)
    file.bytes += piece.length
    return { ok: true, value: { upload: id, bytes: file.bytes } }
  }

  /** Gives an uploaded file, once. */
  take(upload: string): Outcome<Uint8Array> {
    const file = this.#uploads.get(upload)
    if (file === undefined) return unknown('upload')
    this.#uploads.delete(upload)
    return { ok: true, value: Buffer.concat(file.pieces) }
  }
}

function newId(): string {
  return randomBytes(9).toString('base64url')
}

function keep<T>(files: Map<string, T>, id: string, file: T): void {
  files.set(id, file)
  const [oldest] = files.keys()
  if (files.size > MOST_FILES && oldest !== undefined) files.delete(oldest)
}

function unknown(at: 'download' | 'upload'): Outcome<never> {
  return { ok: false, failure: { code: 'bad-params', message: `there is no such ${at}, or no longer`, at } }
}

function badOffset(length: number): Failure {
  return { code: 'bad-params', message: `the file has ${length} bytes`, at: 'offset' }
}
