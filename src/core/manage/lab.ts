import type { Flow } from '../trace/flow.ts'

/** Where a lab is done: on a simulated host of its own, or on the real engine with objects that are removed at its end. */
export type LabGround = 'sandbox' | 'docker'

/** A lab for the list. */
export interface LabSummary {
  /** `02-docker0`. */
  readonly id: string
  readonly number: number
  readonly title: string
  /** One sentence: what one knows after it. */
  readonly aim: string
  /** Minutes that it takes, as a guess. */
  readonly minutes: number
  readonly grounds: readonly LabGround[]
}

/** One thing that is graded. `pending`: its step has not been reached. What was passed stays passed only while it holds. */
export interface LabCheck {
  readonly text: string
  readonly state: 'pending' | 'passed' | 'failed'
  /** Why it does not hold yet, from the trace or the host: one sentence; null where it holds. */
  readonly why: string | null
  /** The question that it asks of the tracer, to be shown in the picture; null where it asks none. */
  readonly flow: Flow | null
}

/** One step of a lab. `body` is Markdown (CommonMark); commands in it are fenced as `sh`. */
export interface LabStep {
  readonly title: string
  readonly body: string
  readonly checks: readonly LabCheck[]
  /** Shown on request. */
  readonly hint: string | null
}

/** The lab that is under way. */
export interface LabState {
  readonly summary: LabSummary
  readonly ground: LabGround
  /** What stands before the first step, as Markdown. */
  readonly intro: string
  readonly steps: readonly LabStep[]
  /** The first step that has a check that does not hold; the number of steps when all hold. */
  readonly current: number
  readonly done: boolean
}

/** On whatever Hopwire makes for a lab on a real engine; its value is the lab's id. */
export const LAB_LABEL = 'io.hopwire.lab'
