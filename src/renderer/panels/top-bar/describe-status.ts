import type { SourceStatus } from '../../../protocol/contract.ts'

/** The source's state as the pill shows it. */
export interface StatusView {
  readonly tone: 'good' | 'busy' | 'bad' | 'sample'
  readonly text: string
  /** 0..1 while a bar is to be shown, else null. */
  readonly progress: number | null
  readonly problem: string | null
  readonly title: string
}

/** Returns what to show of the backend's source; without a backend, that it is missing. */
export function describeStatus(status: SourceStatus | null, connected: boolean): StatusView {
  if (!connected) {
    const text = status === null ? 'Connecting…' : 'Reconnecting…'
    const title = status === null ? 'Waiting for Hopwire’s backend' : 'The connection to Hopwire’s backend was lost'
    return { tone: status === null ? 'busy' : 'bad', text, progress: null, problem: null, title }
  }
  if (status === null)
    return { tone: 'busy', text: 'Connecting…', progress: null, problem: null, title: 'Asking for the source' }
  const activity = status.activity ?? phaseWords(status.phase)
  const label = shortenLabel(status.label)
  const text = activity === null ? label : `${label} · ${activity}`
  // The sample and an engine that was lost have a notice of their own.
  const problem = status.kind === 'sample' || status.lost !== undefined ? null : status.problem
  return {
    tone: toneOf(status),
    text,
    progress: status.progress,
    problem,
    title: [activity === null ? status.label : `${status.label} · ${activity}`, status.problem]
      .filter(Boolean)
      .join('\n'),
  }
}

/** Returns a source's label with an engine's address cut to what tells it apart; the whole stays in the tooltip. */
function shortenLabel(label: string): string {
  return label
    .replace(/(?:unix|npipe):\/\/\S+/, 'local')
    .replace(/(ssh|tcp|https?):\/\/([^/\s]+)\S*/, (_, scheme: string, host: string) =>
      scheme === 'ssh' ? `${host} by SSH` : host,
    )
}

function phaseWords(phase: SourceStatus['phase']): string | null {
  switch (phase) {
    case 'connecting':
      return 'connecting'
    case 'preparing-probe':
      return 'preparing the probe'
    case 'reading':
      return 'reading'
    case 'reconnecting':
      return 'reconnecting'
    case 'failed':
      return 'not reachable'
    case 'ready':
      return null
    default:
      return phase satisfies never
  }
}

function toneOf(status: SourceStatus): StatusView['tone'] {
  if (status.phase === 'failed' || status.phase === 'reconnecting') return 'bad'
  if (status.phase !== 'ready') return 'busy'
  return status.kind === 'sample' ? 'sample' : 'good'
}
