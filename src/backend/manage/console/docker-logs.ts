import type { Readable } from 'node:stream'
import type { Outcome } from '../../../protocol/contract.ts'
import type { ConsoleCalls } from '../../docker/console-calls.ts'
import { statusOf } from '../../docker/engine-error.ts'
import type { LogHandler, OpenedStream } from '../manager.ts'
import { consoleFailure } from './console-failure.ts'
import { FLUSH_EVERY, LogPacer, noteLine } from './log-pacer.ts'
import { createLogSplitter } from './log-splitter.ts'

/** What is taken from the engine between two flushes, in bytes: it waits with the rest, and keeps it in its file. */
const MOST_AT_ONCE = 8 * 1024 * 1024

/** What is said first where there is no log. */
export const NO_LOG = 'the log cannot be read'

/**
 * Begins to give a container's log: its last `tail` lines, then what comes, with standard output and error told apart. A log
 * that comes too fast is thinned out, and a line of stream `note` says by how much. It ends when the container stops.
 * What the engine refuses (no such container, a logging driver that cannot be read) is a failure in its words.
 */
export async function openDockerLogs(
  engine: { readonly console: ConsoleCalls },
  container: string,
  tail: number,
  handler: LogHandler,
): Promise<Outcome<OpenedStream>> {
  try {
    const { id, tty } = await engine.console.look(container)
    const stream = await engine.console.logs(id, tail)
    const whyEnded = async () => (await whyStopped(engine.console, id)) ?? 'the engine ended the log'
    return { ok: true, value: readLog(stream, { tty, tail, handler, whyEnded }) }
  } catch (error) {
    return { ok: false, failure: consoleFailure(error, NO_LOG) }
  }
}

/** The engine learns that a container has stopped a moment after its streams have ended: it is asked this often. */
const ASK = 10
const ASK_EVERY = 100

/** Says why a container's log, or a terminal in it, has ended by itself; null where the container runs on. */
export async function whyStopped(calls: ConsoleCalls, id: string): Promise<string | null> {
  try {
    for (let asked = 0; asked < ASK; asked += 1) {
      if (!(await calls.look(id)).running) return 'the container is not running any more'
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY))
    }
    return null
  } catch (error) {
    return statusOf(error) === 404 ? 'the container is gone' : 'the engine cannot be reached any more'
  }
}

interface Reading {
  readonly tty: boolean
  readonly tail: number
  readonly handler: LogHandler
  readonly whyEnded: () => Promise<string>
}

function readLog(stream: Readable, { tty, tail, handler, whyEnded }: Reading): OpenedStream {
  const pacer = new LogPacer(tail, (lines) => handler.onLines(lines))
  const splitter = createLogSplitter(tty, (line) => pacer.add(line))
  let taken = 0
  let ended = false
  const timer = setInterval(() => {
    pacer.flush()
    taken = 0
    stream.resume()
  }, FLUSH_EVERY)
  const stop = (): boolean => {
    if (ended) return false
    ended = true
    clearInterval(timer)
    stream.destroy()
    return true
  }
  const end = (): void => {
    if (!stop()) return
    splitter.end()
    pacer.flush()
    void whyEnded().then((why) => {
      handler.onLines([noteLine(why)])
      handler.onEnd()
    })
  }
  stream.on('data', (chunk: Buffer) => {
    if (ended) return
    splitter.push(chunk)
    taken += chunk.length
    if (taken > MOST_AT_ONCE) stream.pause()
  })
  stream.on('error', end)
  stream.on('end', end)
  stream.on('close', end)
  return { close: () => void (stop() && handler.onEnd()) }
}
