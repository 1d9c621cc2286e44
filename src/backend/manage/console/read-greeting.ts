import type { Duplex } from 'node:stream'
import { MARK_BEGIN, MARK_END } from './terminal-scripts.ts'

/** What a terminal said first: the process id of its session, or why there is none. */
export type Greeting =
  | { readonly ok: true; readonly session: number; readonly rest: Buffer }
  | { readonly ok: false; readonly said: string }

/** How long a busy engine may take to start a program, in milliseconds. */
const WITHIN = 15_000

/** As much as an error message may be. */
const MOST = 4096

/** Reads what the wrapper says first, and leaves the stream paused behind it. Never rejects. */
export function readGreeting(stream: Duplex): Promise<Greeting> {
  return new Promise((resolve) => {
    let seen: Buffer = Buffer.alloc(0)
    const finish = (greeting: Greeting): void => {
      clearTimeout(timer)
      stream.pause()
      stream.off('data', onData)
      for (const event of ['end', 'close', 'error']) stream.off(event, onEnd)
      // Until its reader listens, an error must not end the process.
      stream.on('error', () => undefined)
      resolve(greeting)
    }
    const onEnd = (): void => finish({ ok: false, said: seen.toString('utf8').replace(/\s+/g, ' ').trim() })
    const onData = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk])
      const end = seen.indexOf(MARK_END)
      const session = seen[0] === MARK_BEGIN && end > 0 ? Number(seen.toString('latin1', 1, end)) : Number.NaN
      if (Number.isInteger(session) && session > 0) finish({ ok: true, session, rest: seen.subarray(end + 1) })
      else if (seen.length > MOST) onEnd()
    }
    const timer = setTimeout(onEnd, WITHIN)
    stream.on('data', onData)
    for (const event of ['end', 'close', 'error']) stream.on(event, onEnd)
  })
}
