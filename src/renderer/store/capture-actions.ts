import type { ImportedCapture } from '../../core/watch/watch.ts'
import type { Client } from '../../protocol/connect.ts'
import type { Download, Outcome, SessionContent } from '../../protocol/contract.ts'
import { saveFile } from '../save-file.ts'
import { downloadBytes, uploadBytes } from './move-bytes.ts'
import { failureWords } from './failure-words.ts'
import type { CaptureActions, Change, ClientHolder, WatchGet, WatchSet } from './watch-action-types.ts'
import { NOT_CONNECTED } from './not-connected.ts'
import { putInfo } from './watch-data.ts'

/** What the actions share. */
interface Desk {
  readonly holder: ClientHolder
  readonly set: WatchSet
  readonly get: WatchGet
  readonly change: Change
  readonly show: (id: string | null) => void
}

/** Returns the actions that bring captures and sessions in and out. */
export function createCaptureActions(
  holder: ClientHolder,
  set: WatchSet,
  get: WatchGet,
  change: Change,
  show: (id: string | null) => void,
): CaptureActions {
  const desk: Desk = { holder, set, get, change, show }
  return {
    exportWatch: () =>
      during(desk, 'Writing the capture', async (client) => {
        const id = get().watch.current
        if (id === null) return { ok: true, value: null }
        return fetchFile(desk, client, await client.call('exportWatch', { id }))
      }),
    exportLive: () =>
      during(desk, 'Writing the capture', async (client) =>
        fetchFile(desk, client, await client.call('exportLive', {})),
      ),
    importFile: (file) => during(desk, `Reading ${file.name}`, (client) => importFile(desk, client, file)),
    loadSession: async () => {
      const outcome = await holder.client?.call('sessionReports', {})
      if (outcome?.ok) change({ session: outcome.value })
      else if (outcome !== undefined) change({ session: [], problem: failureWords(outcome.failure) })
    },
    openSessionItem: (index) =>
      during(desk, 'Opening', async (client) => {
        const outcome = await client.call('sessionReport', { index })
        if (outcome.ok) showContent(desk, outcome.value)
        return outcome
      }),
    saveSession: () =>
      during(desk, 'Writing the session', async (client) =>
        fetchFile(desk, client, await client.call('saveSession', {})),
      ),
  }
}

/** Shows that something goes on while it does, and what went wrong with it. */
async function during(
  { holder: { client }, get, change }: Desk,
  text: string,
  work: (client: Client) => Promise<Outcome<unknown>>,
): Promise<void> {
  if (client === null) return change({ problem: failureWords(NOT_CONNECTED) })
  const { transfer } = get().watch
  if (transfer !== null) return change({ problem: `“${text}” was not begun: “${transfer.text}” is still under way.` })
  change({ transfer: { text, fraction: 0 }, problem: null })
  const outcome = await work(client)
  change({ transfer: null, ...(outcome.ok ? {} : { problem: failureWords(outcome.failure) }) })
}

function tellFraction({ get, change }: Desk, fraction: number): void {
  const { transfer } = get().watch
  if (transfer !== null) change({ transfer: { ...transfer, fraction } })
}

async function fetchFile(desk: Desk, client: Client, made: Outcome<Download>): Promise<Outcome<null>> {
  if (!made.ok) return made
  const bytes = await downloadBytes(client, made.value, (fraction) => tellFraction(desk, fraction))
  if (!bytes.ok) return bytes
  saveFile(made.value.name, bytes.value)
  return { ok: true, value: null }
}

async function importFile(desk: Desk, client: Client, file: File): Promise<Outcome<unknown>> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const upload = await uploadBytes(client, bytes, (fraction) => tellFraction(desk, fraction))
  if (!upload.ok) return upload
  const outcome = await client.call('importCapture', { upload: upload.value, name: file.name })
  if (outcome.ok) adopt(desk, outcome.value)
  return outcome
}

function list({ get, change }: Desk, capture: ImportedCapture): void {
  const { infos, imports } = get().watch
  change({ infos: putInfo(infos, capture.watch), imports: { ...imports, [capture.watch.id]: capture } })
}

function adopt(desk: Desk, capture: ImportedCapture): void {
  list(desk, capture)
  desk.set({ mode: 'watch', selected: null })
  desk.show(capture.watch.id)
  // What could not be read or placed is said first.
  const clean = capture.problems.length === 0 && capture.places.every(({ netns }) => netns !== null)
  desk.change({ view: clean ? 'flows' : 'notes' })
}

/** A live trace is what is shown; its frames are listed among the captures. */
function showContent(desk: Desk, content: SessionContent): void {
  switch (content.kind) {
    case 'predicted':
      return desk.get().showReport(content.report)
    case 'live':
      if (content.capture !== null) list(desk, content.capture)
      return desk.get().showLive(content.report)
    case 'watch':
      return adopt(desk, content.capture)
    default:
      return content satisfies never
  }
}
