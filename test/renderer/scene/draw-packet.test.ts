import { describe, expect, it } from 'vitest'
import { keepInside } from '../../../src/renderer/scene/draw-packet.ts'

describe('a capsule at the edge of the picture', () => {
  it('is moved to where all of it is seen', () => {
    expect(keepInside(90, 100, 700)).toBe(100)
    expect(keepInside(650, 100, 700)).toBe(600)
    expect(keepInside(300, 100, 700)).toBe(300)
  })

  it('stays out of sight with its place, and where there is no room for it', () => {
    expect(keepInside(-4, 100, 700)).toBe(-4)
    expect(keepInside(720, 100, 700)).toBe(720)
    expect(keepInside(60, 100, 150)).toBe(60)
  })
})
