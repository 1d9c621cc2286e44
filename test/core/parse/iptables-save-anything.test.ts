import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { parseIptablesSave } from '../../../src/core/parse/iptables-save.ts'

const parse = (text: string) => parseIptablesSave(text, { family: 'ip', backend: 'nft' })

describe('any text', () => {
  it('is read or is a problem, line by line', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('*filter', ':INPUT ACCEPT', '-A INPUT -j DROP', 'COMMIT', '#', '\r'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const count = pieces.join('\n').split('\n').length
        return parse(pieces.join('\n')).problems.every(({ line }) => line >= 1 && line <= count)
      }),
    )
  })

  it('that is cut off inside a table never passes for a whole one', () => {
    const text = readFileSync(new URL('../../fixtures/rules/lab-20-host-iptables.rules', import.meta.url), 'utf8')
    fc.assert(
      fc.property(fc.integer({ min: text.indexOf('*') + 1, max: text.length - 1 }), (end) => {
        const cut = text.slice(0, end)
        const open = cut.lastIndexOf('\n*') > cut.lastIndexOf('\nCOMMIT') || !cut.includes('\nCOMMIT')
        return !open || parse(cut).problems.length > 0
      }),
    )
  })

  it('never loses a rule, whatever its words are', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '-m',
        '-j',
        '-g',
        '-p',
        '-s',
        '-d',
        '-i',
        '-o',
        '-f',
        '!',
        'tcp',
        'conntrack',
        'addrtype',
        'set',
        'DNAT',
        'CT',
        'MARK',
        '--dport',
        '--ctstate',
        '--mark',
        '--to-destination',
        '80',
        '0x1/0x2',
        '10.0.0.0/8',
        '__proto__',
        'constructor',
        '"',
        '"a b"',
        '\\',
      ),
      fc.string({ maxLength: 6 }).map((text) => text.replace(/[\r\n]/g, '')),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const line = ['-A', 'INPUT', ...words].join(' ')
        const { tables } = parse(`*filter\n:INPUT ACCEPT [0:0]\n${line}\nCOMMIT\n`)
        const rules = tables.flatMap((table) => table.chains.flatMap((chain) => chain.rules))
        return rules.length === 1 && rules[0]?.text === line
      }),
      { numRuns: 500 },
    )
  })
})
