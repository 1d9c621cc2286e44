import { describe, expect, it } from 'vitest'
import { parseNftRuleset } from '../../../src/core/parse/nft-ruleset.ts'

const ruleset = (...objects: readonly object[]) => JSON.stringify({ nftables: [{ metainfo: {} }, ...objects] })
const base = (name: string, table: string, family = 'ip') => ({
  chain: { family, table, name, handle: 1, type: 'nat', hook: 'output', prio: -100, policy: 'accept' },
})

describe('parseNftRuleset', () => {
  it('leaves out the tables of iptables-nft, and those alone', () => {
    const json = ruleset(
      { table: { family: 'ip', name: 'nat', handle: 1 } },
      base('OUTPUT', 'nat'),
      { table: { family: 'ip', name: 'filter', handle: 2 } },
      base('my-output', 'filter'),
      { table: { family: 'inet', name: 'filter', handle: 3 } },
      { table: { family: 'ip', name: 'docker-bridges', handle: 4 } },
    )
    const names = parseNftRuleset(json, '').value?.map(({ family, name }) => `${family} ${name}`)
    expect(names).toEqual(['ip filter', 'inet filter', 'ip docker-bridges'])
  })

  it('leaves out what another live trace has set up', () => {
    const table = (name: string) => ({ table: { family: 'inet', name, handle: 1, flags: 'owner' } })
    const json = JSON.stringify({ nftables: [table('hopwire_0011223344556677'), table('guard')] })
    expect(parseNftRuleset(json, '').value?.map(({ name }) => name)).toEqual(['guard'])
  })

  it('gives each rule its words, also those that go over several lines', () => {
    const rule = (handle: number) => ({
      rule: { family: 'ip', table: 'x', chain: 'fwd', handle, expr: [{ counter: null }] },
    })
    const listing = `table ip x { # handle 1
	map m { # handle 9
		type ifname : verdict
	}

	chain fwd { # handle 1
		type filter hook forward priority filter; policy drop;
		iifname "docker0" accept comment "a # handle 5" # handle 2
		oifname vmap { "a" : accept,
			       "b" : drop } # handle 3
	}
}`
    const chain = {
      chain: {
        family: 'ip',
        table: 'x',
        name: 'fwd',
        handle: 1,
        type: 'filter',
        hook: 'forward',
        prio: 0,
        policy: 'drop',
      },
    }
    const json = ruleset({ table: { family: 'ip', name: 'x', handle: 1 } }, chain, rule(2), rule(3))
    const [table] = parseNftRuleset(json, listing).value ?? []
    expect(table?.chains[0]?.base).toEqual({ type: 'filter', hook: 'forward', priority: 0, policy: 'drop' })
    expect(table?.chains[0]?.rules.map(({ text }) => text)).toEqual([
      'iifname "docker0" accept comment "a # handle 5"',
      'oifname vmap { "a" : accept, "b" : drop }',
    ])
  })

  it('never takes what it cannot read for an empty ruleset', () => {
    expect(parseNftRuleset('', '')).toMatchObject({ value: null, problems: [{}] })
    expect(parseNftRuleset('{}', '')).toMatchObject({ value: null, problems: [{}] })
  })
})
