import type { ReactNode } from 'react'
import { useApp, useAppStore } from '../../store/hooks.ts'
import type { QuizData } from '../../store/quiz-data.ts'
import type { QuizQuestion } from './make-questions.ts'
import './quiz.css'

/** “Predict the next hop” above the details of a trace: how to begin, the question that is asked, or the score. */
export function QuizCard(): ReactNode {
  const store = useAppStore()
  const quiz = useApp((state) => state.quiz)
  const askable = useApp((state) => state.report !== null && state.live === null && state.timeline.events.length > 1)
  if (quiz === null) {
    if (!askable) return null
    const start = () => store.getState().startQuiz(Math.floor(Math.random() * 2 ** 32))
    return (
      <button type="button" className="quiz-start" onClick={start}>
        Predict the next hop
      </button>
    )
  }
  const question = quiz.questions[quiz.at]
  return (
    <section className="quiz" aria-label="Predict the next hop">
      <header className="quiz-head">
        <span>
          {question === undefined ? 'All asked' : `Question ${quiz.at + 1} of ${quiz.questions.length}`} · {quiz.score}{' '}
          right
        </span>
        <button type="button" className="link" onClick={() => store.getState().endQuiz()}>
          {question === undefined ? 'Close' : 'Show the whole trace'}
        </button>
      </header>
      {question === undefined ? <Score quiz={quiz} /> : <Question quiz={quiz} question={question} />}
    </section>
  )
}

function Score({ quiz }: { readonly quiz: QuizData }): ReactNode {
  const { score, questions } = quiz
  const words =
    score === questions.length
      ? 'You know this way by heart.'
      : 'Step through the trace to see where it went otherwise.'
  return (
    <p className="quiz-score" role="status">
      {score} of {questions.length} right. {words}
    </p>
  )
}

function Question({ quiz, question }: { readonly quiz: QuizData; readonly question: QuizQuestion }): ReactNode {
  const store = useAppStore()
  const { picked } = quiz
  return (
    <>
      <p className="quiz-prompt">{question.prompt}</p>
      <ul className="quiz-options">
        {question.options.map((option, index) => (
          <li key={option}>
            <button
              type="button"
              className={optionClass(index, question.right, picked)}
              aria-disabled={picked !== null}
              onClick={() => store.getState().pickAnswer(index)}
            >
              {option}
              {picked !== null && index === question.right && <span className="visually-hidden"> (right)</span>}
            </button>
          </li>
        ))}
      </ul>
      {picked !== null && (
        <div className="quiz-answer" role="status">
          <p>
            <strong>{picked === question.right ? 'Right.' : 'Not so.'}</strong> {question.why}
          </p>
          <button type="button" className="primary" onClick={() => store.getState().nextQuestion()}>
            {quiz.at + 1 === quiz.questions.length ? 'See the score' : 'Next'}
          </button>
        </div>
      )}
    </>
  )
}

function optionClass(index: number, right: number, picked: number | null): string {
  if (picked === null) return 'quiz-option'
  if (index === right) return 'quiz-option right'
  return index === picked ? 'quiz-option wrong' : 'quiz-option'
}
