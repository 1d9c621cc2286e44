import { expect, it } from 'vitest'
import { reverseTuple } from '../../../src/core/net/reverse-tuple.ts'

it.each([
  [
    { src: 'a', dst: 'b', sourcePort: 1, destinationPort: 2 },
    { src: 'b', dst: 'a', sourcePort: 2, destinationPort: 1 },
  ],
  [
    { src: 'a', dst: 'b', sourcePort: 7 },
    { src: 'b', dst: 'a', sourcePort: 7 },
  ],
  [
    { src: 'a', dst: 'b' },
    { src: 'b', dst: 'a' },
  ],
])('%o turns into %o and back', (tuple, reversed) => {
  expect(reverseTuple(tuple)).toEqual(reversed)
  expect(reverseTuple(reversed)).toEqual(tuple)
})
