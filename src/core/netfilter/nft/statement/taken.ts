import type { NftVerdict } from '../../../host/nft.ts'
import type { HookRun } from '../../hook-run.ts'
import type { StatementResult } from '../../statement/statement.ts'

/**
 * What a statement came to. `unknown` cannot be told; `likely` says whether it holds for a packet that comes alone, as a
 * limit does. `verdict` moves in the chains; `effect` did something to the packet, and may end its way.
 */
export type Taken =
  | { readonly kind: 'holds' }
  | { readonly kind: 'fails' }
  | { readonly kind: 'unknown'; readonly what: string; readonly likely: boolean }
  | { readonly kind: 'verdict'; readonly verdict: NftVerdict }
  | { readonly kind: 'effect'; readonly result: StatementResult }

export const HOLDS: Taken = { kind: 'holds' }
export const FAILS: Taken = { kind: 'fails' }

/** One statement, ready. `reads` is true where it changes nothing and decides nothing. */
export interface CompiledStatement {
  readonly reads: boolean
  readonly take: (run: HookRun) => Taken
}
