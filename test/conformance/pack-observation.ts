import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import type { RawNamespace, RawObservation } from '../../src/core/parse/live/raw-observation.ts'

/** As a file holds it: bytes are base64. */
export type PackedNamespace = Omit<RawNamespace, 'pcap'> & { readonly pcap: string | null }

/** What a watch printed, as JSON. */
export interface PackedObservation extends Omit<RawObservation, 'namespaces'> {
  readonly namespaces: readonly PackedNamespace[]
}

/** Returns what a watch printed with its captures as text. */
export function toPacked(raw: RawObservation): PackedObservation {
  const namespaces = raw.namespaces.map(({ pcap, ...rest }) => ({
    ...rest,
    pcap: pcap === null ? null : Buffer.from(pcap).toString('base64'),
  }))
  return { ...raw, namespaces }
}

/** The reverse of toPacked. */
export function fromPacked(packed: PackedObservation): RawObservation {
  const namespaces = packed.namespaces.map(({ pcap, ...rest }) => ({
    ...rest,
    pcap: pcap === null ? null : new Uint8Array(Buffer.from(pcap, 'base64')),
  }))
  return { ...packed, namespaces }
}

/** Returns what a watch printed as the bytes of a file: JSON, compressed. */
export function packObservation(raw: RawObservation): Buffer {
  return brotliCompressSync(JSON.stringify(toPacked(raw)))
}

/** The reverse of packObservation; throws on bytes that are none of its. */
export function unpackObservation(bytes: Uint8Array): RawObservation {
  return fromPacked(JSON.parse(brotliDecompressSync(bytes).toString()) as PackedObservation)
}
