import type { ImportedCapture } from '../../core/watch/watch.ts'
import type { Client } from '../../protocol/connect.ts'
import type { Download, Outcome, SessionContent } from '../../protocol/contract.ts'
import { saveFile } from '../save-file.ts'
import { downloadBytes, uploadBytes } from './move-bytes.ts'
import { failureWords } from './failure-words.ts'
import type { CaptureActions, Change, ClientHolder, WatchGet, WatchSet } from './watch-action-types.ts'
import { putInfo } from './watch-data.ts'

/** Returns the actions that bring captures and sessions in and out. */
export function createCaptureActions(
  holder: ClientHolder,
  set: WatchSet,
  get: WatchGet,
  change: Change,
  show: (id: string | null) => void,
): CaptureActions {
  /** Shows that something goes on while it does, and what went wrong with it. */
  const during = async (text: string, work: (client: Client) => Promise<Outcome<unknown>>) => {
    const { client } = holder
    if (client === null || get().watch.transfer !== null) return
    change({ transfer: { text, fraction: 0 }, problem: null })
    const outcome = await work(client)
    change({ transfer: null, ...(outcome.ok ? {} : { problem: failureWords(outcome.failure) }) })
  }
  const onFraction = (fraction: number) => {
    const { transfer } = get().watch
    if (transfer !== null) change({ transfer: { ...transfer, fraction } })
  }
  const fetchFile = async (client: Client, made: Outcome<Download>): Promise<Outcome<null>> => {
    if (!made.ok) return made
    const bytes = await downloadBytes(client, made.value, onFraction)
    if (!bytes.ok) return bytes
    saveFile(made.value.name, bytes.value)
    return { ok: true, value: null }
  }
  const list = (capture: ImportedCapture) => {
    const { infos, imports } = get().watch
    change({ infos: putInfo(infos, capture.watch), imports: { ...imports, [capture.watch.id]: capture } })
  }
  const adopt = (capture: ImportedCapture) => {
    list(capture)
    set({ mode: 'watch', selected: null })
    show(capture.watch.id)
    // What could not be read or placed is said first.
    const clean = capture.problems.length === 0 && capture.places.every(({ netns }) => netns !== null)
    change({ view: clean ? 'flows' : 'notes' })
  }
  return {
    exportWatch: () =>
      during('Writing the capture', async (client) => {
        const id = get().watch.current
        if (id === null) return { ok: true, value: null }
        return fetchFile(client, await client.call('exportWatch', { id }))
      }),
    exportLive: () =>
      during('Writing the capture', async (client) => fetchFile(client, await client.call('exportLive', {}))),
    importFile: (file) =>
      during(`Reading ${file.name}`, async (client) => {
        const upload = await uploadBytes(client, new Uint8Array(await file.arrayBuffer()), onFraction)
        if (!upload.ok) return upload
        const outcome = await client.call('importCapture', { upload: upload.value, name: file.name })
        if (outcome.ok) adopt(outcome.value)
        return outcome
      }),
    loadSession: async () => {
      const outcome = await holder.client?.call('sessionReports', {})
      if (outcome?.ok) change({ session: outcome.value })
      else if (outcome !== undefined) change({ session: [], problem: failureWords(outcome.failure) })
    },
    openSessionItem: (index) =>
      during('Opening', async (client) => {
        const outcome = await client.call('sessionReport', { index })
        if (outcome.ok) showContent(outcome.value, get, { list, adopt })
        return outcome
      }),
    saveSession: () =>
      during('Writing the session', async (client) => fetchFile(client, await client.call('saveSession', {}))),
  }
}

/** A live trace is what is shown; its frames are listed among the captures. */
function showContent(
  content: SessionContent,
  get: WatchGet,
  { list, adopt }: Readonly<Record<'list' | 'adopt', (capture: ImportedCapture) => void>>,
): void {
  switch (content.kind) {
    case 'predicted':
      return get().showReport(content.report)
    case 'live':
      if (content.capture !== null) list(content.capture)
      return get().showLive(content.report)
    case 'watch':
      return adopt(content.capture)
    default:
      return content satisfies never
  }
}
