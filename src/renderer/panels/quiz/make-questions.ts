import type { HostState } from '../../../core/host/host-state.ts'
import type { Timeline, TimelineEvent } from '../../playback/timeline.ts'
import { describeStep } from '../event-list/describe-step.ts'
import { askAbout, placeWords } from './ask-step.ts'
import { seededNumbers, shuffled } from './pick.ts'

/** One question about an event of a timeline that has not been seen yet. Exactly one option is right. */
export interface QuizQuestion {
  /** Index of the event that it asks about: the one before it is the last that may be seen. */
  readonly event: number
  readonly prompt: string
  readonly options: readonly string[]
  readonly right: number
  /** In the words of the step itself. */
  readonly why: string
}

/** Options of one question, the right one among them. */
const MOST_OPTIONS = 4

/**
 * Returns the questions about the flow that was asked, in play order; those about its DNS and ARP questions would tire. The
 * same timeline, host and seed give the same questions. A trace with nothing to ask gives none.
 */
export function makeQuestions(timeline: Timeline, host: HostState | null, seed: number): readonly QuizQuestion[] {
  const next = seededNumbers(seed)
  const main = timeline.legs.find((leg) => leg.main)
  const asked = timeline.events.filter((event) => main === undefined || event.exchange === main.exchange)
  return asked.flatMap((event) => {
    const before = timeline.events[event.index - 1]
    if (before === undefined || before.exchange !== event.exchange || before.direction !== event.direction) return []
    const asking = askAbout(event, before, timeline.events, host)
    if (asking === null) return []
    const wrong = [...new Set(asking.wrong)].filter((text) => text !== asking.right && text !== '')
    if (wrong.length === 0) return []
    const options = shuffled([asking.right, ...shuffled(wrong, next).slice(0, MOST_OPTIONS - 1)], next)
    const right = options.indexOf(asking.right)
    return [{ event: event.index, prompt: asking.prompt, options, right, why: whyWords(event) }]
  })
}

function whyWords(event: TimelineEvent): string {
  const { step } = event
  if (step === null) return `It is seen at ${placeWords(event)}.`
  const { place, verdict, detail } = describeStep(step, event.hop.device)
  return [step.why, `${place}: ${verdict}. ${detail}`].filter((text) => text.trim() !== '').join(' ')
}
