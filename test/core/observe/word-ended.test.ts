import { describe, expect, it } from 'vitest'
import { wordEnded } from '../../../src/core/observe/word-ended.ts'

describe('what is said of namespaces that ended', () => {
  it('is nothing where none did', () => {
    expect(wordEnded([{ netns: 'host', lacks: [] }])).toEqual([])
  })

  it('is what shows it, and no more', () => {
    const words = wordEnded([
      { netns: 'host', lacks: [] },
      { netns: 'container:a', lacks: [], ended: { gone: [] } },
      { netns: 'container:b', lacks: [], ended: { gone: ['veth1 of host', 'veth2 of host'] } },
    ])
    expect(words).toEqual([
      'The process that container:a was known by has ended since the host was read.',
      'container:b has ended since the host was read: the process that it was known by, veth1 of host and veth2 of host are gone.',
    ])
  })
})
