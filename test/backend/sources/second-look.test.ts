import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Concern } from '../../../src/backend/sources/concern.ts'
import { SecondLook } from '../../../src/backend/sources/second-look.ts'

const of = (...containers: string[]): Concern => ({ containers: new Set(containers), networks: new Set() })

let due: (readonly string[] | null)[]
let look: SecondLook
beforeEach(() => {
  vi.useFakeTimers()
  due = []
  look = new SecondLook((concern) => due.push(concern === null ? null : [...concern.containers]))
})
afterEach(() => {
  look.close()
  vi.useRealTimers()
})

describe('SecondLook', () => {
  it('gives what was noted in one second once, at least three seconds after the last of it', () => {
    look.note(of('a'))
    vi.advanceTimersByTime(900)
    look.note(of('b'))
    look.note(of('a'))
    vi.advanceTimersByTime(2900)
    expect(due).toEqual([])
    vi.advanceTimersByTime(300)
    expect(due).toEqual([['a', 'b']])
    vi.advanceTimersByTime(60_000)
    expect(due).toHaveLength(1)
  })

  it('puts nothing off because more comes', () => {
    for (let second = 0; second < 8; second += 1) {
      look.note(of(`c${second}`))
      vi.advanceTimersByTime(1100)
    }
    expect(due.slice(0, 2)).toEqual([['c0'], ['c1']])
  })

  it('looks at everything again where nobody knows what an event is about', () => {
    look.note(of('a'))
    look.note(null)
    vi.advanceTimersByTime(5000)
    expect(due).toEqual([null])
  })

  it('forgets all of it when it is closed', () => {
    look.note(of('a'))
    look.close()
    vi.advanceTimersByTime(5000)
    expect([due, vi.getTimerCount()]).toEqual([[], 0])
  })
})
