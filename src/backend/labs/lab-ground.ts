import type { LabGround } from '../../core/manage/lab.ts'
import type { HostState } from '../../core/host/host-state.ts'
import type { Outcome } from '../../protocol/contract.ts'

/** The place where a lab is done, from its beginning to its end. */
export interface Ground {
  readonly kind: LabGround
  /** Whether the lab can go on: the sandbox is still shown, the host is still the engine's. */
  isThere(): boolean
  /** Does a command of the page that is no action of the manager's; gives what it did. */
  command(command: string): Promise<Outcome<{ readonly did: string }>>
  /** Takes notice of the host as it is now. */
  onState(state: HostState): Promise<void>
  /** Removes all that the lab brought. */
  end(): Promise<Outcome<Record<string, never>>>
}
