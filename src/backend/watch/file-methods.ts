import { writePcapng } from '../../core/capture/write-pcapng.ts'
import type { SessionEntry } from '../../core/session/session.ts'
import type { ImportedCapture } from '../../core/watch/watch.ts'
import type { Method, Outcome, SessionContent } from '../../protocol/contract.ts'
import type { Service } from '../../protocol/service.ts'
import type { SessionRecorder } from '../session/session-recorder.ts'
import type { StateKeeper } from '../state-keeper.ts'
import { openCapture } from './imported-capture.ts'
import type { Transfers } from './transfers.ts'
import type { WatchDesk } from './watch-desk.ts'
import { fileName } from './watch-methods.ts'

/** The methods of the contract that are about files: captures in and out, and sessions. */
type FileMethod = Extract<
  Method,
  'exportLive' | 'upload' | 'download' | 'importCapture' | 'sessionReports' | 'sessionReport' | 'saveSession'
>

/** What these methods work with. */
export interface FileBackend {
  readonly keeper: StateKeeper
  readonly desk: WatchDesk
  readonly transfers: Transfers
  readonly sessions: SessionRecorder
}

/** Returns those methods. */
export function createFileMethods(backend: FileBackend): Pick<Service['methods'], FileMethod> {
  const { transfers, sessions } = backend
  const opened = new Map<number, ImportedCapture>()
  return {
    exportLive: async () => {
      const last = sessions.lastCapture()
      if (last !== null) return done(transfers.offer(`hopwire-${fileName(last.label)}.pcapng`, last.capture))
      const message = 'there is no live trace whose frames could be written'
      return { ok: false, failure: { code: 'bad-params', message, hint: 'make one first' } }
    },
    upload: async ({ upload, data }) => transfers.receive(upload, data),
    download: async ({ download, offset }) => transfers.fetch(download, offset),
    importCapture: async ({ upload, name }) => {
      const bytes = transfers.take(upload)
      return bytes.ok ? done(await importBytes(backend, bytes.value, name)) : bytes
    },
    sessionReports: async () => {
      // A session file is read with its host.
      await backend.keeper.ready()
      return done(sessions.items())
    },
    sessionReport: async ({ index }) => {
      await backend.keeper.ready()
      const entry = sessions.entry(index)
      if (entry !== null) return done(await openEntry(backend, entry, index, opened))
      return { ok: false, failure: { code: 'bad-params', message: `there is no report ${index}`, at: 'index' } }
    },
    saveSession: () => saveSession(backend),
  }
}

async function importBytes({ keeper, desk }: FileBackend, bytes: Uint8Array, name: string): Promise<ImportedCapture> {
  const read = await keeper.ready()
  const { watch, imported } = openCapture(bytes, name, read.ok ? read.value.state : null)
  // A file of which nothing could be read is told, and not kept.
  if (imported.packets > 0) desk.add(watch)
  return imported
}

async function openEntry(
  backend: FileBackend,
  entry: SessionEntry,
  index: number,
  opened: Map<number, ImportedCapture>,
): Promise<SessionContent> {
  const open = async (base64: string, name: string): Promise<ImportedCapture> => {
    const known = opened.get(index)
    if (known !== undefined && backend.desk.get(known.watch.id).ok) return known
    const imported = await importBytes(backend, Buffer.from(base64, 'base64'), name)
    opened.set(index, imported)
    return imported
  }
  switch (entry.kind) {
    case 'predicted':
      return { kind: 'predicted', report: entry.report }
    case 'live': {
      const capture = entry.capture === null ? null : await open(entry.capture, `of the live trace ${index + 1}`)
      return { kind: 'live', report: entry.report, capture }
    }
    case 'watch':
      return { kind: 'watch', capture: await open(entry.capture, entry.label) }
    default:
      return entry satisfies never
  }
}

async function saveSession({ keeper, desk, transfers, sessions }: FileBackend) {
  const read = await keeper.ready()
  if (!read.ok) return read
  const { state } = read.value
  const watches = desk
    .list()
    .filter((watch) => watch.info().target !== null)
    .map((watch) => ({ label: watch.info().label, capture: writePcapng(watch.capture(state)) }))
  const session = sessions.toSession(state, watches)
  const bytes = new TextEncoder().encode(`${JSON.stringify(session)}\n`)
  const day = session.savedAt.slice(0, 16).replace(/[^\d]/g, '')
  return done(transfers.offer(`hopwire-session-${fileName(state.hostname)}-${day}.json`, bytes))
}

function done<T>(value: T): Outcome<T> & { readonly ok: true } {
  return { ok: true, value }
}
