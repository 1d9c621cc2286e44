import type { WatchTarget, WatchUpdate } from '../../core/watch/watch.ts'
import type { Client } from '../../protocol/connect.ts'
import { RING_BYTES, SNAP_LENGTH } from '../../protocol/check-watch.ts'
import type { Failure, Outcome, WatchQuestion } from '../../protocol/contract.ts'
import { findTarget } from '../args/find-target.ts'
import { parseWhole } from '../args/parse-number.ts'
import { parsed, type Parsed } from '../args/parsed.ts'
import { connectBackend } from '../connect-backend.ts'
import { EXIT } from '../exit-status.ts'
import { writeDownload } from '../fetch-download.ts'
import { printProblem } from '../print/print-failure.ts'
import { createWatchPrinter } from '../print/print-watch.ts'
import { type CommandContext, fail, usageError, withSource } from './command-context.ts'

const MIB = 1024 * 1024
const LONGEST = 86_400

/** What the options say. */
interface Asked {
  readonly target: string
  readonly question: Omit<WatchQuestion, 'target'>
  /** Null: until Ctrl-C. */
  readonly seconds: number | null
  readonly file: string | null
}

/** How a watch went. */
interface Watched {
  readonly failure: Failure | null
  readonly written: string | null
}

/** `hopwire watch TARGET`: the traffic that there is, until Ctrl-C or for so many seconds. */
export async function watch(context: CommandContext): Promise<number> {
  const { io, host } = context
  if (host.kind === 'snapshot') return usageError(io.stderr, 'a snapshot has no traffic; watch needs an engine')
  const asked = readOptions(context)
  if (!asked.ok) return usageError(io.stderr, asked.problem)
  return withSource(context, async (source) => {
    const client = connectBackend(source, 'fresh', 'followed')
    const watched = await run(context, client, asked.value)
    return () => {
      if (watched.written !== null) io.stderr.write(`${printProblem(watched.written)}\n`)
      return watched.failure === null ? EXIT.arrived : fail(io.stderr, watched.failure)
    }
  })
}

function readOptions({ options }: CommandContext): Parsed<Asked> {
  const { values, positionals } = options
  const [target, ...rest] = positionals
  if (target === undefined || rest.length > 0)
    return { ok: false, problem: 'watch takes one TARGET; see "hopwire watch --help"' }
  const seconds = values.seconds === undefined ? parsed(null) : parseWhole('--seconds', values.seconds, 1, LONGEST)
  if (!seconds.ok) return seconds
  const ring = parseWhole('--ring', values.ring ?? String(RING_BYTES.usual / MIB), 1, RING_BYTES.most / MIB)
  if (!ring.ok) return ring
  const { least, most, usual } = SNAP_LENGTH
  const snap = parseWhole('--snaplen', values.snaplen ?? String(usual), least, most)
  if (!snap.ok) return snap
  const question = { filter: values.filter ?? '', ringBytes: ring.value * MIB, snapLength: snap.value }
  return parsed({ target, question, seconds: seconds.value, file: values.write ?? null })
}

async function run(context: CommandContext, client: Client, asked: Asked): Promise<Watched> {
  const { signal } = context.io
  const target = await resolveTarget(client, asked.target, signal)
  if (!target.ok) return { failure: target.failure, written: null }
  const updates = listen(context, client, asked)
  const started = await client.call('startWatch', { ...asked.question, target: target.value }, { signal })
  if (!started.ok) {
    updates.stop()
    return { failure: started.failure, written: null }
  }
  updates.begin(started.value.label, [...started.value.lacks, ...started.value.leftOut.slice(1)])
  await updates.over
  const { id } = started.value
  const stopped = await client.call('stopWatch', { id })
  updates.stop()
  const call = () => client.call('exportWatch', { id })
  const written = asked.file === null ? null : await writeDownload(client, call, asked.file)
  if (written !== null && !written.ok) return { failure: written.failure, written: null }
  const problem = updates.endedByItself() && stopped.ok ? stopped.value.problem : null
  const failure: Failure | null = problem === null ? null : { code: 'probe-failed', message: problem }
  return { failure, written: written?.value ?? null }
}

/** Target names are looked up in the host as it is. */
async function resolveTarget(client: Client, words: string, signal: AbortSignal): Promise<Outcome<WatchTarget>> {
  const read = await client.call('refresh', {}, { signal })
  if (!read.ok) return read
  const state = await client.call('hostState', {}, { signal })
  if (!state.ok) return state
  const found = findTarget(words, state.value?.state ?? null)
  if (found.ok) return found
  return { ok: false, failure: { code: 'unknown-endpoint', message: found.problem } }
}

/** Prints what is told until the time is up, the user ends it, or it ends by itself. */
function listen({ io, options, style }: CommandContext, client: Client, { seconds }: Asked) {
  const printer = createWatchPrinter({ io, style, json: options.switches.has('json') })
  let ended = false
  let finish: () => void = () => undefined
  const over = new Promise<void>((resolve) => {
    finish = resolve
  })
  const timer = { id: undefined as NodeJS.Timeout | undefined }
  io.signal.addEventListener('abort', finish, { once: true })
  const unsubscribe = client.on('watchUpdate', (update: WatchUpdate) => {
    printer.update(update)
    if (update.stage !== 'ended') return
    ended = true
    finish()
  })
  let askedToEnd = false
  void over.then(() => {
    askedToEnd = !ended
  })
  return {
    over,
    begin(label: string, notes: readonly string[]) {
      printer.begin(label, notes)
      if (seconds !== null) timer.id = setTimeout(finish, seconds * 1000)
      if (io.signal.aborted) finish()
    },
    stop() {
      clearTimeout(timer.id)
      unsubscribe()
      printer.end()
    },
    endedByItself: () => ended && !askedToEnd,
  }
}
