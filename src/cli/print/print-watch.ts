import type { WatchEnd, WatchFlow, WatchUpdate } from '../../core/watch/watch.ts'
import type { CliIo } from '../cli-io.ts'
import { padTo, render, type Span, shorten, span } from './line.ts'
import { printProblem } from './print-failure.ts'
import { glyphsOf, type Style } from './style.ts'

/** Prints a watch while it goes on. */
export interface WatchPrinter {
  begin(label: string, notes: readonly string[]): void
  update(update: WatchUpdate): void
  /** Prints what there was in all. May be called twice. */
  end(): void
}

/** What a printer writes to and how. */
export interface WatchPrinterOptions {
  readonly io: Pick<CliIo, 'stdout' | 'stderr'>
  readonly style: Style
  /** One update a line, as JSON. */
  readonly json: boolean
}

const LONGEST_END = 34

/** Flows of the table at the end. */
const MOST_ROWS = 40

/** Returns a printer: a line for each flow when it begins and a table at the end; how it goes on a terminal's last line. */
export function createWatchPrinter(options: WatchPrinterOptions): WatchPrinter {
  return options.json ? createJsonPrinter(options) : new HumanPrinter(options)
}

function createJsonPrinter({ io }: WatchPrinterOptions): WatchPrinter {
  return {
    begin: (_label, notes) => tellNotes(io, notes),
    update: (update) => io.stdout.write(`${JSON.stringify(update)}\n`),
    end: () => undefined,
  }
}

class HumanPrinter implements WatchPrinter {
  readonly #options: WatchPrinterOptions
  readonly #flows = new Map<number, WatchFlow>()
  #last: WatchUpdate | null = null
  #hasEnded = false

  constructor(options: WatchPrinterOptions) {
    this.#options = options
  }

  begin(label: string, notes: readonly string[]): void {
    const { io } = this.#options
    this.#clear()
    io.stderr.write(`${printProblem(`watching ${label}; Ctrl-C ends it`)}\n`)
    tellNotes(io, notes)
  }

  update(update: WatchUpdate): void {
    this.#last = update
    const begun = update.flows.filter(({ id }) => !this.#flows.has(id))
    for (const flow of update.flows) this.#flows.set(flow.id, flow)
    this.#clear()
    for (const flow of begun) this.#write(this.#describe(flow, seconds(flow.firstSeen), flow.state ?? ''))
    const { io } = this.#options
    if (io.stderr.terminal) io.stderr.write(summarize(update).slice(0, (io.stderr.columns ?? 80) - 1))
  }

  end(): void {
    if (this.#hasEnded || this.#last === null) return
    this.#hasEnded = true
    this.#clear()
    const flows = [...this.#flows.values()].sort((a, b) => bytesOf(b) - bytesOf(a) || a.id - b.id)
    const { io } = this.#options
    io.stdout.write(`\n${flows.length} ${flows.length === 1 ? 'flow' : 'flows'}, the largest first\n`)
    for (const flow of flows.slice(0, MOST_ROWS)) {
      const { sent, returned } = flow
      const counts = `${sent.packets}/${returned.packets} packets, ${size(sent.bytes)}/${size(returned.bytes)}`
      this.#write(this.#describe(flow, counts, flow.ended ? 'ended' : (flow.state ?? '')))
    }
    if (flows.length > MOST_ROWS) io.stdout.write(`... and ${flows.length - MOST_ROWS} more\n`)
    io.stdout.write(`${summarize(this.#last)}\n`)
  }

  #clear(): void {
    const { stderr } = this.#options.io
    if (stderr.terminal) stderr.write('\r\u001b[K')
  }

  #describe(flow: WatchFlow, lead: string, state: string): readonly Span[] {
    const { arrow, ellipsis } = glyphsOf(this.#options.style)
    const end = (who: WatchEnd, address: string, port: number | undefined): string => {
      const name = who.name === address && address.includes(':') && port !== undefined ? `[${address}]` : who.name
      return shorten(port === undefined ? name : `${name}:${port}`, LONGEST_END, ellipsis)
    }
    const { original, reply, nat } = flow
    const isEcho = original.destinationPort === undefined
    const from = end(flow.from, original.src, isEcho ? undefined : original.sourcePort)
    const to = end(flow.to, reply.src, isEcho ? undefined : reply.sourcePort)
    const translated = nat === null ? '' : ` (${describeNat(flow)})`
    return [
      ...padTo([span(lead, 'dim')], 9),
      ...padTo([span(` ${flow.protocol}`)], 8),
      span(from, 'place'),
      span(` ${arrow} `, 'dim'),
      span(to, 'place'),
      span(translated, 'changed'),
      span(state === '' ? '' : `  ${state}`, 'dim'),
    ]
  }

  #write(spans: readonly Span[]): void {
    this.#options.io.stdout.write(`${render(this.#options.style, spans)}\n`)
  }
}

function describeNat({ nat, original }: WatchFlow): string {
  const port = original.destinationPort
  const source = nat?.source ?? null
  const parts = source === null ? [] : [`as ${source}`]
  if ((nat?.destination ?? null) !== null)
    parts.push(`asked for ${original.dst}${port === undefined ? '' : `:${port}`}`)
  return parts.join(', ')
}

function tellNotes(io: WatchPrinterOptions['io'], notes: readonly string[]): void {
  for (const note of notes) io.stderr.write(`${printProblem(note)}\n`)
}

function summarize({ elapsed, totals, ring }: WatchUpdate): string {
  const parts = [
    seconds(elapsed),
    `${totals.packets} packets`,
    size(totals.bytes),
    `${totals.lost} lost`,
    ...(totals.own > 0 ? [`${totals.own} of Hopwire's own left out`] : []),
    ...(ring.first > 0 ? [`the last ${ring.packets} kept`] : []),
  ]
  return parts.join(', ')
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

function bytesOf({ sent, returned }: WatchFlow): number {
  return sent.bytes + returned.bytes
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
