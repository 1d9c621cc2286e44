import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { NameQuestion, Probe } from '../../../src/backend/probe/probe.ts'
import { createResolver } from '../../../src/backend/sources/resolver.ts'

const lookup = (name: string) => ({ namespace: '9', pid: 7, name, servers: ['192.0.2.53'] })

/** A probe whose name servers give no answer; `ask` can be made to do something else. */
function probeThat(ask: Probe['ask']): Probe {
  return { ask } as Partial<Probe> as Probe
}

describe('createResolver', () => {
  it('asks for all names of one moment at once, and nobody is left who listens to the signal', async () => {
    const asked: (readonly NameQuestion[])[] = []
    const resolve = createResolver(
      probeThat(async (questions) => {
        asked.push(questions)
        return { value: [], problems: [] }
      }),
    )
    const { signal } = new AbortController()
    const names = Array.from({ length: 8 }, (_, index) => `n${index}.test`)
    const answers = await Promise.all(names.map((name) => resolve(lookup(name), signal)))
    expect(answers.map(({ name, status }) => [name, status])).toEqual(names.map((name) => [name, 'TIMEOUT']))
    expect(asked.map((questions) => questions.map(({ name }) => name))).toEqual([names])
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('is told of a probe that fails, and of a signal that fires first', async () => {
    const failing = createResolver(probeThat(() => Promise.reject(new Error('no helper'))))
    const cancelled = new AbortController()
    await expect(failing(lookup('a.test'), cancelled.signal)).rejects.toThrow('no helper')
    expect(getEventListeners(cancelled.signal, 'abort')).toEqual([])
    const silent = createResolver(probeThat(() => new Promise(() => undefined)))
    const answer = silent(lookup('a.test'), cancelled.signal)
    cancelled.abort()
    await expect(answer).rejects.toThrow('cancelled')
    expect(getEventListeners(cancelled.signal, 'abort')).toEqual([])
  })
})
