import type { LabState, LabSummary } from '../../core/manage/lab.ts'

/** Everything that is known of labs. */
export interface LabData {
  /** Null until they are known. */
  readonly list: readonly LabSummary[] | null
  /** The lab that is under way. */
  readonly run: LabState | null
  /** What is going on: the start or the end of a lab, or a command of its page. */
  readonly busy: string | null
  /** Why the last of these was not done; one or two sentences. */
  readonly problem: string | null
}

export const INITIAL_LABS: LabData = { list: null, run: null, busy: null, problem: null }
