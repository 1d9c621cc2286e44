import fc from 'fast-check'

/**
 * Returns any text, most of it like a sample: pieces of it left out, doubled, put elsewhere or spoiled by other characters.
 */
export function textLike(sample: string): fc.Arbitrary<string> {
  const at = fc.nat(sample.length)
  const noise = fc.oneof(
    fc.constantFrom('', ' ', '\n', '"', '!', '-', ':', '/', ',', '\\', '\0', '\r', '{', '[', '9'.repeat(30)),
    fc.constantFrom('null', 'true', '-1', '1e999', '"x"', '[]', '{}', '__proto__', 'constructor'),
    fc.string({ unit: 'binary', maxLength: 5 }),
  )
  const cut = fc.record({ from: at, to: at, noise })
  const spoiled = fc
    .array(cut, { minLength: 1, maxLength: 3 })
    .map((cuts) => cuts.reduce((text, { from, to, noise: put }) => text.slice(0, from) + put + text.slice(to), sample))
  return fc.oneof({ weight: 6, arbitrary: spoiled }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) })
}
