import { cutTimeline } from '../panels/quiz/cut-timeline.ts'
import { makeQuestions } from '../panels/quiz/make-questions.ts'
import type { Timeline } from '../playback/timeline.ts'
import type { AppGet, AppSet } from './manage-action-types.ts'
import type { QuizData } from './quiz-data.ts'

export interface QuizActions {
  /** Begins to ask about the trace that is on show; without anything to ask about, nothing happens. */
  startQuiz(seed: number): void
  pickAnswer(option: number): void
  nextQuestion(): void
  /** Shows the whole trace again. */
  endQuiz(): void
}

/** Returns the actions of “predict the next hop”. What comes is not in the timeline until it was asked about. */
export function createQuizActions(set: AppSet, get: AppGet): QuizActions {
  const show = (timeline: Timeline) => {
    const position = timeline.events.at(-1)?.settle ?? 0
    set((state) => ({ timeline, playback: { ...state.playback, position, playing: false } }))
  }
  const ask = (quiz: QuizData, at: number) => {
    const question = quiz.questions[at]
    set({ quiz: { ...quiz, at, picked: null }, selected: null })
    show(question === undefined ? quiz.full : cutTimeline(quiz.full, question.event - 1))
  }
  return {
    startQuiz: (seed) => {
      const { timeline, host, quiz } = get()
      if (quiz !== null) return
      const questions = makeQuestions(timeline, host, seed)
      if (questions.length > 0) ask({ full: timeline, questions, at: 0, picked: null, score: 0 }, 0)
    },
    pickAnswer: (option) => {
      const { quiz } = get()
      const question = quiz?.questions[quiz.at]
      if (!quiz || question === undefined || quiz.picked !== null) return
      set({ quiz: { ...quiz, picked: option, score: quiz.score + (option === question.right ? 1 : 0) } })
      show(cutTimeline(quiz.full, question.event))
    },
    nextQuestion: () => {
      const { quiz } = get()
      if (quiz !== null && quiz.picked !== null) ask(quiz, quiz.at + 1)
    },
    endQuiz: () => {
      const { quiz } = get()
      if (quiz === null) return
      set({ quiz: null })
      show(quiz.full)
    },
  }
}
