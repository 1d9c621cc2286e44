import type { Source } from '../backend/sources/source.ts'
import type { Client } from '../protocol/connect.ts'
import type { SourceStatus } from '../protocol/contract.ts'
import type { CliStream } from './cli-io.ts'

/** Nothing is shown before this: a usual trace is quicker, and a flash would only distract. */
const SHOW_AFTER_MS = 1000

/**
 * Shows on one line of standard error what the source is doing when it takes longer than a second. Writes nothing where
 * that is not a terminal. Returns the function that ends it and clears the line.
 */
export function showProgress(source: Pick<Source, 'status' | 'onChange'>, stderr: CliStream): () => void {
  if (!stderr.terminal) return () => undefined
  let shown = false
  let due = false
  const show = () => {
    const latest = source.status()
    if (!due || latest.phase === 'ready' || latest.phase === 'failed') return
    shown = true
    stderr.write(`\r\u001b[K${progressText(latest).slice(0, (stderr.columns ?? 80) - 1)}`)
  }
  const timer = setTimeout(() => {
    due = true
    show()
  }, SHOW_AFTER_MS)
  timer.unref()
  const stop = source.onChange((change) => {
    if (change === 'status') show()
  })
  return () => {
    clearTimeout(timer)
    stop()
    due = false
    if (shown) stderr.write('\r\u001b[K')
    shown = false
  }
}

/** `Docker 28.5.2: importing the probe image 40 %`. */
export function progressText(status: SourceStatus): string {
  const percent = status.progress === null ? '' : ` ${Math.round(status.progress * 100)} %`
  const text = `${status.label}: ${status.activity ?? status.phase.replace('-', ' ')}${percent}`
  return text.replace(/\p{Cc}/gu, ' ')
}

/**
 * Shows on one line of standard error how far a live trace is: what it waits for at once, the rest when it takes longer than
 * a second. Writes nothing where that is not a terminal. Returns the function that ends it and clears the line.
 */
export function showLiveProgress(client: Pick<Client, 'on'>, stderr: CliStream): () => void {
  if (!stderr.terminal) return () => undefined
  let latest = ''
  let shown = false
  const show = () => {
    shown = true
    stderr.write(`\r\u001b[K${latest.replace(/\p{Cc}/gu, ' ').slice(0, (stderr.columns ?? 80) - 1)}`)
  }
  const timer = setTimeout(show, SHOW_AFTER_MS)
  timer.unref()
  const stop = client.on('liveProgress', ({ phase, text }) => {
    latest = text
    if (shown || phase === 'waiting') show()
  })
  return () => {
    clearTimeout(timer)
    stop()
    if (shown) stderr.write('\r\u001b[K')
  }
}
