import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import type { HostState } from '../../src/core/host/host-state.ts'
import type { RawObservation } from '../../src/core/parse/live/raw-observation.ts'
import type { KernelTruth } from './judge-flow.ts'
import { fromPacked, type PackedObservation, toPacked, unpackObservation } from './pack-observation.ts'
import { loadCase } from './save-case.ts'

/** Where probes are kept that Hopwire's watcher looked on at: one file each. */
export const observedFolder = fileURLToPath(new URL('../fixtures/observed', import.meta.url))

/** A flow, the host it ran on, what the kernel did, and what the watch printed. */
export interface ObservedCase {
  readonly state: HostState
  readonly kernel: KernelTruth
  readonly raw: RawObservation
}

interface PackedCase extends Omit<ObservedCase, 'raw'> {
  readonly raw: PackedObservation
}

/** Puts a kept case into one file of the fixtures, under a name that says what it shows; throws when the name is taken. */
export function adoptObserved(path: string, name: string): string {
  const target = join(observedFolder, `${basename(name)}.json.br`)
  if (existsSync(target)) throw new Error(`there is a fixture named ${name} already`)
  const raw = unpackObservation(readFileSync(join(path, 'observation.json.br')))
  const packed: PackedCase = { ...loadCase(path), raw: toPacked(raw) }
  mkdirSync(observedFolder, { recursive: true })
  const params = { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS }
  writeFileSync(target, brotliCompressSync(JSON.stringify(packed), { params }))
  return target
}

/** Reads a file that adoptObserved wrote. */
export function loadObserved(file: string): ObservedCase {
  const packed = JSON.parse(brotliDecompressSync(readFileSync(join(observedFolder, file))).toString()) as PackedCase
  return { ...packed, raw: fromPacked(packed.raw) }
}
