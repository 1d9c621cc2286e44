import type { Match } from '../../host/match.ts'
import { canonicalPrefix } from '../../net/prefix.ts'

/**
 * Reads a condition without a module: `-p`, `-s`, `-d`, `-i`, `-o`, `-f`, with `!` before it. Returns `any` for one
 * that every packet fulfils (`-p all`, `-i +`), null for one that cannot be read.
 */
export function readBaseMatch(words: readonly string[]): Match | 'any' | null {
  const negated = words[0] === '!'
  const [option, value, extra] = negated ? words.slice(1) : words
  if (extra !== undefined) return null
  if (option === '-f') return value === undefined ? { kind: 'fragment', negated } : null
  if (value === undefined) return null
  switch (option) {
    case '-p':
      if (value === 'all' || value === '0') return negated ? null : 'any'
      return { kind: 'protocol', protocol: value.toLowerCase(), negated }
    case '-s':
    case '-d': {
      const prefix = canonicalPrefix(value)
      return prefix === null ? null : { kind: option === '-s' ? 'source' : 'destination', prefix, negated }
    }
    case '-i':
    case '-o':
      if (value === '+' && !negated) return 'any'
      return { kind: option === '-i' ? 'in-interface' : 'out-interface', name: value, negated }
    default:
      return null
  }
}
