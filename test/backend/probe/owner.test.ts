import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { isGone, parseOwner, thisOwner } from '../../../src/backend/probe/owner.ts'

describe('owner of a helper', () => {
  it('lives as long as its process', () => {
    const owner = thisOwner('s')
    expect(parseOwner(JSON.stringify(owner))).toEqual(owner)
    expect(isGone(owner)).toBe(false)
  })

  it('is gone when its process has ended', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    const pid = child.pid ?? 0
    await once(child, 'exit')
    expect(isGone({ ...thisOwner('s'), pid })).toBe(true)
  })

  it(`is gone when its number belongs to another process by now${process.platform === 'linux' ? '' : ' (Linux only)'}`, () => {
    expect(isGone({ ...thisOwner('s'), started: '1' })).toBe(process.platform === 'linux')
  })

  it('is not known to be gone when it is on another machine', () => {
    expect(isGone({ ...thisOwner('s'), place: 'elsewhere', pid: 4_194_305 })).toBe(false)
  })

  it('is not read from a label of something else', () => {
    for (const text of [undefined, '', 'x', '{}', 'null', '{"pid":"1","session":"s"}'])
      expect(parseOwner(text)).toBeNull()
  })
})
