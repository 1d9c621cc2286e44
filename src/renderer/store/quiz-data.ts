import type { QuizQuestion } from '../panels/quiz/make-questions.ts'
import type { Timeline } from '../playback/timeline.ts'

/** The quiz that is under way. The store's own timeline ends at what may be seen; `full` is all of it. */
export interface QuizData {
  readonly full: Timeline
  readonly questions: readonly QuizQuestion[]
  /** Which of them is asked; their number once all were. */
  readonly at: number
  /** The option that was picked; null while it is thought about. */
  readonly picked: number | null
  readonly score: number
}
