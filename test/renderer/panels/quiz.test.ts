import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeSceneHost } from '../../../src/backend/sources/make-scene-host.ts'
import { readSceneFile } from '../../../src/backend/sources/read-scene-file.ts'
import type { HostState } from '../../../src/core/host/host-state.ts'
import type { Flow } from '../../../src/core/trace/flow.ts'
import { traceFlow } from '../../../src/core/tracer/trace-flow.ts'
import { cutTimeline } from '../../../src/renderer/panels/quiz/cut-timeline.ts'
import { makeQuestions } from '../../../src/renderer/panels/quiz/make-questions.ts'
import { seededNumbers, shuffled } from '../../../src/renderer/panels/quiz/pick.ts'
import { buildTimeline, type Timeline } from '../../../src/renderer/playback/timeline.ts'
import { createAppStore } from '../../../src/renderer/store/store.ts'

const FLOWS: readonly (readonly [string, Flow])[] = [
  ['docker0', { from: 'container1', to: 'facebook.com', protocol: 'icmp' }],
  ['docker0', { from: 'container1', to: '172.17.0.3', protocol: 'icmp' }],
  ['three-tiers', { from: 'nginx', to: 'mongo', protocol: 'tcp', destinationPort: 27017 }],
  ['published-port', { from: 'external', to: 'host', protocol: 'tcp', destinationPort: 8080 }],
  ['published-port', { from: 'host', to: '127.0.0.1', protocol: 'tcp', destinationPort: 8080 }],
  ['isolation-20', { from: 'host', to: '203.0.113.9', protocol: 'udp', destinationPort: 53 }],
]

interface Asked {
  readonly timeline: Timeline
  readonly host: HostState
}

const traces = await Promise.all(FLOWS.map(([scene, flow]) => traceOn(scene, flow)))

async function traceOn(name: string, flow: Flow): Promise<Asked> {
  const scene = await readSceneFile(name)
  if (!scene.ok) throw new Error(scene.failure.message)
  const host = makeSceneHost(scene.value, name)
  if (!host.ok) throw new Error(host.failure.message)
  const traced = traceFlow(host.value, flow)
  if (!traced.ok) throw new Error(traced.problem.message)
  return { timeline: buildTimeline(traced.report), host: host.value }
}

const anyTrace = fc.constantFrom(...traces)
const anySeed = fc.nat({ max: 2 ** 32 - 1 })

describe('questions', () => {
  test('each has one right answer among two to four different ones, and says why', () => {
    fc.assert(
      fc.property(anyTrace, anySeed, ({ timeline, host }, seed) => {
        const questions = makeQuestions(timeline, host, seed)
        expect(questions.length).toBeGreaterThan(2)
        for (const { options, right, why, prompt, event } of questions) {
          expect(options.length).toBeGreaterThanOrEqual(2)
          expect(options.length).toBeLessThanOrEqual(4)
          expect(new Set(options).size).toBe(options.length)
          expect(options[right]).toBeDefined()
          expect(why).not.toBe('')
          expect(prompt).toMatch(/\?$/)
          expect(event).toBeGreaterThan(0)
        }
      }),
    )
  })

  test('the seed decides the order of the options and nothing of what is right', () => {
    fc.assert(
      fc.property(anyTrace, anySeed, anySeed, ({ timeline, host }, one, other) => {
        const [first, again, second] = [one, one, other].map((seed) => makeQuestions(timeline, host, seed))
        expect(again).toEqual(first)
        const answers = (questions = first) => questions?.map(({ options, right }) => options[right])
        expect(answers(second)).toEqual(answers(first))
      }),
    )
  })

  test('the right answer is what the trace does', () => {
    const [outside] = traces
    const questions = makeQuestions(outside?.timeline as Timeline, outside?.host ?? null, 1)
    const answers = questions.map(({ options, right }) => options[right])
    expect(answers).toContain('docker0 of the host')
    expect(answers).toContain('ens5 of the host')
    expect(answers).toContain('By ens5.')
    expect(answers).toContain('A rule writes the address of the way out into it as its source.')
  })

  test('of a trace without a host, and of none, nothing is asked that cannot be', () => {
    const [, direct] = traces
    for (const { options } of makeQuestions(direct?.timeline as Timeline, null, 7))
      expect(options.length).toBeGreaterThanOrEqual(2)
    expect(makeQuestions({ events: [], ticks: [], legs: [], duration: 0 }, null, 7)).toEqual([])
  })
})

test('a timeline that is cut tells nothing of what comes', () => {
  fc.assert(
    fc.property(anyTrace, fc.nat(), ({ timeline }, at) => {
      const last = at % timeline.events.length
      const cut = cutTimeline(timeline, last)
      expect(cut.events).toHaveLength(last + 1)
      expect(cut.legs.at(-1)?.lastEvent).toBe(last)
      expect(cut.ticks.at(-1)?.lastEvent).toBe(last)
      const end = cut.events.at(-1)
      expect(end?.hop.steps.length).toBe((end?.stepIndex ?? 0) + 1)
      if (last < timeline.events.length - 1) expect(cut.duration).toBeLessThan(timeline.duration)
    }),
  )
})

test('a shuffle loses nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), anySeed, (items, seed) => {
      const out = shuffled(items, seededNumbers(seed))
      expect(sorted(out)).toEqual(sorted(items))
    }),
  )
})

describe('a game', () => {
  const start = () => {
    const [trace] = traces
    const store = createAppStore({ host: trace?.host ?? null })
    store.setState({ timeline: trace?.timeline as Timeline })
    store.getState().startQuiz(3)
    return { store, full: trace?.timeline as Timeline }
  }

  test('shows what was asked about only once it is answered, and counts what was right', () => {
    const { store, full } = start()
    const total = store.getState().quiz?.questions.length ?? 0
    for (let at = 0; at < total; at += 1) {
      const { quiz, timeline } = store.getState()
      const question = quiz?.questions[at]
      expect(timeline.events.length).toBe(question?.event)
      store.getState().nextQuestion()
      expect(store.getState().quiz?.at).toBe(at)
      // The first is answered wrongly, and a second click does not mend it.
      const right = question?.right ?? 0
      store.getState().pickAnswer(at === 0 ? (right === 0 ? 1 : 0) : right)
      store.getState().pickAnswer(right)
      expect(store.getState().timeline.events.length).toBe((question?.event ?? 0) + 1)
      store.getState().nextQuestion()
    }
    expect(store.getState().quiz).toMatchObject({ at: total, score: total - 1 })
    expect(store.getState().timeline).toEqual(full)
  })

  test('ends with the whole trace', () => {
    const { store, full } = start()
    expect(store.getState().timeline.events.length).toBeLessThan(full.events.length)
    store.getState().endQuiz()
    expect(store.getState()).toMatchObject({ quiz: null, timeline: full })
  })
})

function sorted(numbers: readonly number[]): readonly number[] {
  return numbers.toSorted((one, other) => one - other)
}
