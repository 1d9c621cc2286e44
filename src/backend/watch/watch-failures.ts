import type { Failure, Outcome } from '../../protocol/contract.ts'

/** A source that has no helper to listen. */
export const NO_LISTENER: Outcome<never> = {
  ok: false,
  failure: { code: 'probe-failed', message: 'nothing can be listened to here', hint: 'watching needs a Docker engine' },
}

export const INTERRUPTED: Failure = { code: 'cancelled', message: 'the watch was ended before it began' }

/** Returns why no place can be listened to: `lacks` has a sentence for each. */
export function deafFailure(lacks: readonly string[]): Failure {
  const message = `nothing can be listened to: ${lacks.join('; ')}`
  return { code: 'probe-failed', message, hint: 'check the filter and the target' }
}

/** Returns what tcpdump said about the user's filter, as a failure at its field. */
export function filterFailure(bytes: Uint8Array): Failure {
  const lines = new TextDecoder().decode(bytes).trim().split('\n')
  const said = lines.filter((line) => !/warning/i.test(line)).at(-1) ?? ''
  const message = `the filter is refused: ${said.replace(/^tcpdump: /, '')}`
  return { code: 'bad-params', message, at: 'filter', hint: 'pcap-filter(7) tells what there is' }
}
