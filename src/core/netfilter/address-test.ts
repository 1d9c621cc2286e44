import { parsePrefix, type Prefix } from '../net/prefix.ts'
import { type AddressWords, bigintWords } from './match-input.ts'

/** A prefix as words, for comparison without text or bigint. */
export interface AddressTest {
  readonly family: 4 | 6
  readonly network: AddressWords
  readonly mask: AddressWords
}

/** Returns the words of a prefix text, or null when it is none. */
export function compileAddressTest(prefix: string): AddressTest | null {
  const parsed = parsePrefix(prefix)
  return parsed === null
    ? null
    : { family: parsed.family, network: words(parsed, 'network'), mask: words(parsed, 'mask') }
}

function words(prefix: Prefix, part: 'network' | 'mask'): AddressWords {
  return prefix.family === 4 ? [prefix[part] | 0, 0, 0, 0] : bigintWords(prefix[part])
}

/** Tells whether an address of the same IP version lies in the prefix. */
export function inAddressTest(test: AddressTest, address: AddressWords): boolean {
  const { network, mask } = test
  if (((address[0] ^ network[0]) & mask[0]) !== 0) return false
  return (
    test.family === 4 ||
    (((address[1] ^ network[1]) & mask[1]) === 0 &&
      ((address[2] ^ network[2]) & mask[2]) === 0 &&
      ((address[3] ^ network[3]) & mask[3]) === 0)
  )
}
