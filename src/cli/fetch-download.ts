import { writeFile } from 'node:fs/promises'
import type { Client } from '../protocol/connect.ts'
import type { Download, Outcome } from '../protocol/contract.ts'

/** Returns the whole of a file that the backend makes. */
export async function fetchDownload(
  client: Client,
  make: () => Promise<Outcome<Download>>,
): Promise<Outcome<Uint8Array>> {
  const made = await make()
  if (!made.ok) return made
  const { download } = made.value
  const pieces: Buffer[] = []
  for (let offset: number | null = 0; offset !== null; ) {
    const piece: Outcome<{ readonly data: string; readonly next: number | null }> = await client.call('download', {
      download,
      offset,
    })
    if (!piece.ok) return piece
    pieces.push(Buffer.from(piece.value.data, 'base64'))
    offset = piece.value.next
  }
  return { ok: true, value: Buffer.concat(pieces) }
}

/** Writes a file that the backend makes; gives what was written, in words. */
export async function writeDownload(
  client: Client,
  make: () => Promise<Outcome<Download>>,
  file: string,
): Promise<Outcome<string>> {
  const bytes = await fetchDownload(client, make)
  if (!bytes.ok) return bytes
  try {
    await writeFile(file, bytes.value)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error'
    const hint = 'give a file in a folder that you may write to'
    return { ok: false, failure: { code: 'unreadable-file', message: `"${file}" cannot be written (${code})`, hint } }
  }
  return { ok: true, value: `wrote ${file}, ${bytes.value.length} bytes` }
}
