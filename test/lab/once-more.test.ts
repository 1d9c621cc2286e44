import { expect, it } from 'vitest'
import { onceMore } from './once-more.ts'

/** Fails as often as it is told to. */
const failing = (times: number) => {
  let tries = 0
  return async (): Promise<number> => {
    tries += 1
    if (tries <= times) throw new Error(`try ${tries}`)
    return tries
  }
}

it('makes at once what can be made', async () => {
  expect(await onceMore({ what: 'a test of once-more', make: failing(0) })).toBe(1)
})

it('throws what the second try said, after it has cleared away the first', async () => {
  const cleared: string[] = []
  const making = onceMore({
    what: 'a test of once-more',
    make: failing(2),
    clear: async () => cleared.push('cleared'),
    rest: 0,
    notice: () => undefined,
  })
  await expect(making).rejects.toThrow('try 2')
  expect(cleared).toEqual(['cleared'])
})

it('notices what it has made again, and what cannot be made again is not tried', async () => {
  const lines: string[] = []
  const notice = (line: string): number => lines.push(line)
  expect(await onceMore({ what: 'a host', make: failing(1), rest: 0, notice })).toBe(2)
  expect(lines).toEqual(['a host: try 1'])
  await expect(onceMore({ what: 'a host', make: failing(1), isFinal: () => true, notice })).rejects.toThrow('try 1')
  expect(lines).toHaveLength(1)
})
