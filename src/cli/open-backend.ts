import type { HostChoice } from './args/host-choice.ts'
import type { Source } from '../backend/sources/source.ts'
import type { Outcome } from '../protocol/contract.ts'
import type { Client } from '../protocol/connect.ts'

export interface OpenedBackend {
  readonly client: Client
  readonly source: Source
  close(): Promise<void>
}
export async function openBackend(choice: HostChoice): Promise<Outcome<OpenedBackend>> {
  throw new Error(`not there yet ${choice.kind}`)
}
