import type { Source } from '../backend/sources/source.ts'
import type { Outcome } from '../protocol/contract.ts'
import type { HostChoice } from './args/host-choice.ts'

/** The source of the host that was chosen. */
export async function openSource(choice: HostChoice): Promise<Outcome<Source>> {
  throw new Error(`not there yet ${choice.kind}`)
}

/** The captured host that is shown when no engine can be reached. */
export function openSample(): Source {
  throw new Error('not there yet')
}
