import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SourceChange } from '../../src/backend/sources/source.ts'
import type { SourceStatus } from '../../src/protocol/contract.ts'
import { progressText, showProgress } from '../../src/cli/progress.ts'

const STATUS: SourceStatus = {
  kind: 'docker',
  phase: 'preparing-probe',
  label: 'Docker 28.5.2',
  progress: 0.4,
  activity: 'importing the probe image',
  problem: null,
}

/** A source that does nothing but tell, and a stream that keeps what is written. */
function setUp(terminal: boolean) {
  const handlers = new Set<(change: SourceChange) => void>()
  const written: string[] = []
  let latest = STATUS
  const source = {
    status: () => latest,
    onChange: (handler: (change: SourceChange) => void) => {
      handlers.add(handler)
      return () => void handlers.delete(handler)
    },
  }
  const stream = { terminal, columns: 80, write: (text: string) => void written.push(text) }
  const emit = (status: SourceStatus) => {
    latest = status
    for (const handler of handlers) handler('status')
  }
  return { end: showProgress(source, stream), emit, written, handlers }
}

describe('showProgress', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('says nothing about what is done within a second', () => {
    const { end, emit, written } = setUp(true)
    emit(STATUS)
    vi.advanceTimersByTime(999)
    end()
    vi.advanceTimersByTime(5000)
    expect(written).toEqual([])
  })

  test('then shows what goes on, and clears its line at the end', () => {
    const { end, emit, written, handlers } = setUp(true)
    emit(STATUS)
    vi.advanceTimersByTime(1000)
    emit({ ...STATUS, progress: 0.8 })
    end()
    expect(written.map((text) => text.replace('\r\u001b[K', '<clear>'))).toEqual([
      '<clear>Docker 28.5.2: importing the probe image 40 %',
      '<clear>Docker 28.5.2: importing the probe image 80 %',
      '<clear>',
    ])
    expect(handlers.size).toBe(0)
  })

  test('never writes to a file or a pipe', () => {
    const { end, emit, written } = setUp(false)
    emit(STATUS)
    vi.advanceTimersByTime(5000)
    end()
    expect(written).toEqual([])
  })

  test('names the phase where the source names no activity', () => {
    expect(progressText({ ...STATUS, activity: null, progress: null })).toBe('Docker 28.5.2: preparing probe')
  })
})
