import { describe, expect, it } from 'vitest'
import { type TreeRow, treeTarget } from '../../../../src/renderer/panels/inventory/tree-keys.ts'

const ROWS: readonly TreeRow[] = [
  { key: 'n1', text: 'bridge', parent: null, open: true },
  { key: 'c1', text: 'web', parent: 'n1', open: null },
  { key: 'n2', text: 'net-a', parent: null, open: false },
]

describe('treeTarget', () => {
  it('moves up and down and stops at the ends', () => {
    expect(treeTarget(ROWS, 'n1', 'ArrowDown')).toEqual({ kind: 'focus', key: 'c1' })
    expect(treeTarget(ROWS, 'n2', 'ArrowDown')).toEqual({ kind: 'focus', key: 'n2' })
    expect(treeTarget(ROWS, 'c1', 'Home')).toEqual({ kind: 'focus', key: 'n1' })
    expect(treeTarget(ROWS, 'c1', 'End')).toEqual({ kind: 'focus', key: 'n2' })
  })

  it('opens with right, then goes in; closes with left, and from a child goes out', () => {
    expect(treeTarget(ROWS, 'n2', 'ArrowRight')).toEqual({ kind: 'open', key: 'n2', open: true })
    expect(treeTarget(ROWS, 'n1', 'ArrowRight')).toEqual({ kind: 'focus', key: 'c1' })
    expect(treeTarget(ROWS, 'n1', 'ArrowLeft')).toEqual({ kind: 'open', key: 'n1', open: false })
    expect(treeTarget(ROWS, 'c1', 'ArrowLeft')).toEqual({ kind: 'focus', key: 'n1' })
  })

  it('activates with Enter and space, and finds by letter', () => {
    expect(treeTarget(ROWS, 'c1', 'Enter')).toEqual({ kind: 'activate', key: 'c1' })
    expect(treeTarget(ROWS, 'c1', ' ')).toEqual({ kind: 'activate', key: 'c1' })
    expect(treeTarget(ROWS, 'c1', 'n')).toEqual({ kind: 'focus', key: 'n2' })
  })

  it('leaves other keys and an empty tree alone', () => {
    expect(treeTarget(ROWS, 'c1', 'Tab')).toBeNull()
    expect(treeTarget([], null, 'ArrowDown')).toBeNull()
  })
})
