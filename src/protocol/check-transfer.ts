import { badParams, type Checked, checkInteger, checkKeys, checkRecord, checkText } from './check-value.ts'
import type { Params, WatchId } from './contract.ts'

/** Longest id that this backend gives out. */
export const LONGEST_ID = 60

/** Longest piece of an upload, in characters of base64: with its envelope it fits one message of a client. */
const LONGEST_PIECE = 48 * 1024

const LONGEST_FILE_NAME = 255

/** Checks parameters that are an id and nothing else. */
export function checkId(input: unknown): Checked<WatchId> {
  const record = checkFields(input, ['id'])
  if (!record.ok) return record
  const id = checkText(record.value.id, 'id', LONGEST_ID)
  return id.ok ? { ok: true, value: { id: id.value } } : id
}

/** Checks the parameters of `sessionReport`. */
export function checkIndex(input: unknown): Checked<Params<'sessionReport'>> {
  const record = checkFields(input, ['index'])
  if (!record.ok) return record
  const index = checkInteger(record.value.index, 'index', 0, Number.MAX_SAFE_INTEGER)
  return index.ok ? { ok: true, value: { index: index.value } } : index
}

/** Checks the parameters of `upload`; that the piece is base64 is seen here, too. */
export function checkUpload(input: unknown): Checked<Params<'upload'>> {
  const record = checkFields(input, ['upload', 'data'])
  if (!record.ok) return record
  const { upload, data } = record.value
  const id = upload === null ? ({ ok: true, value: null } as const) : checkText(upload, 'upload', LONGEST_ID)
  if (!id.ok) return id
  if (typeof data !== 'string') return badParams('data', 'must be a text')
  if (data.length > LONGEST_PIECE) return badParams('data', `must have at most ${LONGEST_PIECE} characters`)
  if (data.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return badParams('data', 'must be base64')
  return { ok: true, value: { upload: id.value, data } }
}

/** Checks the parameters of `download`. */
export function checkDownload(input: unknown): Checked<Params<'download'>> {
  const record = checkFields(input, ['download', 'offset'])
  if (!record.ok) return record
  const download = checkText(record.value.download, 'download', LONGEST_ID)
  if (!download.ok) return download
  const offset = checkInteger(record.value.offset, 'offset', 0, Number.MAX_SAFE_INTEGER)
  return offset.ok ? { ok: true, value: { download: download.value, offset: offset.value } } : offset
}

/** Checks the parameters of `importCapture`. */
export function checkImport(input: unknown): Checked<Params<'importCapture'>> {
  const record = checkFields(input, ['upload', 'name'])
  if (!record.ok) return record
  const upload = checkText(record.value.upload, 'upload', LONGEST_ID)
  if (!upload.ok) return upload
  const name = checkText(record.value.name, 'name', LONGEST_FILE_NAME)
  return name.ok ? { ok: true, value: { upload: upload.value, name: name.value } } : name
}

/** Checks that parameters are an object with no other members than these. */
export function checkFields(input: unknown, known: readonly string[]): Checked<Readonly<Record<string, unknown>>> {
  const record = checkRecord(input, 'params')
  return record.ok ? checkKeys(record.value, known, 'params') : record
}
