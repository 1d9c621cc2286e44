import { Readable } from 'node:stream'
import { isRecord, type JsonRecord, numberOf, recordOf, textOf, textsOf } from '../../../core/parse/json-value.ts'
import type { OnProgress, UploadedFile } from '../manager.ts'
import type { Change, Work } from './change.ts'
import type { DockerCalls } from './docker-calls.ts'
import { refusal, stopIfCancelled } from './refusal.ts'

/** Ids of images by their names; those without one have their id as name. */
type Names = ReadonlyMap<string, string>

/** `docker load`. A cancel half way takes away what was there of it. */
export async function importImage(work: Work, file: UploadedFile | null): Promise<Change> {
  if (file === null) throw refusal('the file is not there any more', 'upload')
  const { calls, signal, onProgress } = work
  const before = await namesOf(calls)
  const loaded: string[] = []
  onProgress(`handing in ${file.name}`, null)
  try {
    await calls.loadImages(inPieces(file.bytes), (line) => follow(line, loaded, onProgress), signal)
    stopIfCancelled(signal)
  } catch (error) {
    await forgetLoaded(calls, before).catch(() => undefined)
    throw error
  }
  const what = loaded.length === 0 ? file.name : loaded.join(', ')
  return {
    did: `image ${what} imported`,
    notes: [],
    images: loaded,
    takeBack: (later) => forgetLoaded(later.calls, before),
  }
}

/** The engine takes what it can take: the rest waits. */
function inPieces(bytes: Uint8Array): Readable {
  const size = 256 * 1024
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    })(),
    { objectMode: false },
  )
}

/** `Loaded image: NAME` or `Loaded image ID: sha256:...`, and how far each layer is. */
function follow(line: unknown, loaded: string[], onProgress: OnProgress): void {
  if (!isRecord(line)) return
  const name = /^Loaded image(?: ID)?: (\S+)/.exec(textOf(line, 'stream') ?? '')?.[1]
  if (name !== undefined) loaded.push(name)
  const detail = recordOf(line, 'progressDetail')
  const [current, total] = [numberOf(detail, 'current'), numberOf(detail, 'total')]
  if (current !== null && total !== null && total > 0)
    onProgress(`loading layer ${textOf(line, 'id') ?? ''}`.trim(), Math.min(1, current / total))
}

async function namesOf(calls: DockerCalls): Promise<Names> {
  return new Map((await calls.listImages()).flatMap((image) => pairsOf(image)))
}

function pairsOf(image: JsonRecord): readonly (readonly [string, string])[] {
  const id = textOf(image, 'Id') ?? ''
  const tags = tagsOf(image)
  return tags.length === 0 ? [[id, id]] : tags.map((tag) => [tag, id])
}

/** The names of an image in the engine's list, without what stands there for none. */
export function tagsOf(image: JsonRecord): readonly string[] {
  return textsOf(image, 'RepoTags').filter((tag) => tag !== '<none>:<none>')
}

/** Names that were there before are given back to the images that had them; new ones go. */
async function forgetLoaded(calls: DockerCalls, before: Names): Promise<readonly string[]> {
  const now = await namesOf(calls)
  for (const [name, id] of before) if (name !== id && now.get(name) !== id) await calls.tagImage(id, name)
  for (const [name] of now) if (!before.has(name)) await calls.removeImage(name)
  return []
}

/** Images up to this size are kept until their removal is forgotten, in bytes: others are gone. */
export const LONGEST_KEPT = 32 * 1024 * 1024

/** Tells whether an image is small enough to be kept when it is deleted. */
export function isKept(inspected: JsonRecord): boolean {
  return (numberOf(inspected, 'Size') ?? LONGEST_KEPT + 1) <= LONGEST_KEPT
}

/** `docker rmi`. A name can be given back; an image that would go with its last one is kept first where it is small. */
export async function removeImage({ calls, signal, onProgress }: Work, image: string): Promise<Change> {
  const inspected = await calls.inspectImage(image)
  const id = textOf(inspected, 'Id') ?? ''
  const names = tagsOf(inspected)
  const goes = names.length < 2 || !names.includes(image)
  if (goes && isKept(inspected)) onProgress(`keeping ${image}`, null)
  const copy = goes && isKept(inspected) ? await calls.saveImage(names[0] ?? id, signal) : null
  stopIfCancelled(signal)
  const gone = await calls.removeImage(image)
  const isDeleted = gone.some((each) => textOf(each, 'Deleted') === id)
  const takeBack = async (later: Work): Promise<readonly string[]> => {
    if (isDeleted && copy !== null) await later.calls.loadImages(inPieces(copy), () => undefined, later.signal)
    const left = tagsOf(await later.calls.inspectImage(id))
    for (const name of names.filter((one) => !left.includes(one))) await later.calls.tagImage(id, name)
    return []
  }
  return { did: `image ${image} removed`, notes: [], takeBack: isDeleted && copy === null ? null : takeBack }
}
