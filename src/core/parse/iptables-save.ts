import type { IptablesRule, IptablesTable, IptablesTableName } from '../host/ruleset.ts'
import { parseRuleLine } from './iptables/rule-line.ts'

/** Where the text comes from: `iptables-save` or `ip6tables-save`, and of which of the two backends. */
export interface IptablesSource {
  readonly family: 'ip' | 'ip6'
  readonly backend: 'nft' | 'legacy'
}

/** A line that could not be read; `line` counts from 1. */
export interface IptablesProblem {
  readonly line: number
  readonly message: string
}

export interface ParsedIptables {
  readonly tables: readonly IptablesTable[]
  readonly problems: readonly IptablesProblem[]
}

interface DraftChain {
  readonly name: string
  readonly policy: 'ACCEPT' | 'DROP' | null
  readonly rules: IptablesRule[]
}

interface DraftTable {
  readonly name: IptablesTableName
  readonly line: number
  readonly chains: Map<string, DraftChain>
}

interface Reader {
  readonly source: IptablesSource
  readonly tables: DraftTable[]
  readonly problems: IptablesProblem[]
  open: DraftTable | null
}

/**
 * Parses what `iptables-save` or `ip6tables-save` prints, with counters (`-c`) or without. A condition or target that
 * is understood but not modelled becomes `unsupported`. A line that cannot be read is a problem with its number, and
 * if it is a rule it is kept all the same, as one that cannot be decided. Never throws.
 */
export function parseIptablesSave(text: string, source: IptablesSource): ParsedIptables {
  const reader: Reader = { source, tables: [], problems: [], open: null }
  const lines = text.split('\n')
  for (let index = 0; index < lines.length; index++)
    readLine(reader, (lines[index] ?? '').replace(/\r$/, ''), index + 1)
  if (reader.open !== null) {
    problem(reader, reader.open.line, `table ${reader.open.name} has no COMMIT: the text is cut off`)
  }
  return { tables: reader.tables.map((table) => finishTable(table, source)), problems: reader.problems }
}

function finishTable(table: DraftTable, source: IptablesSource): IptablesTable {
  return { family: source.family, backend: source.backend, name: table.name, chains: [...table.chains.values()] }
}

function readLine(reader: Reader, text: string, line: number): void {
  if (text.trim() === '') return
  if (text.startsWith('#')) return readComment(reader, text, line)
  if (text.startsWith('*')) return openTable(reader, text.slice(1).trim(), line)
  const table = reader.open
  if (table === null) return problem(reader, line, `outside of any table: ${text}`)
  if (text.trim() === 'COMMIT') {
    reader.open = null
    return
  }
  if (text.startsWith(':')) return readChain(reader, table, text, line)
  readRule(reader, table, text.replace(/^\[\d+:\d+\] /, ''), line)
}

/** A table whose rules iptables-save cannot print is announced in a comment only (iptables-nft `nft_is_table_compatible`). */
function readComment(reader: Reader, text: string, line: number): void {
  if (/is incompatible, use 'nft' tool/.test(text)) problem(reader, line, text.replace(/^#\s*/, ''))
}

const TABLES: readonly IptablesTableName[] = ['raw', 'mangle', 'nat', 'filter', 'security']

function openTable(reader: Reader, name: string, line: number): void {
  if (reader.open !== null) problem(reader, reader.open.line, `table ${reader.open.name} has no COMMIT`)
  const known = TABLES.find((table) => table === name)
  reader.open = null
  if (known === undefined) return problem(reader, line, `no table of iptables: ${name}`)
  reader.open = { name: known, line, chains: new Map() }
  reader.tables.push(reader.open)
}

function readChain(reader: Reader, table: DraftTable, text: string, line: number): void {
  const parsed = /^:(\S+) (ACCEPT|DROP|-)(?: \[\d+:\d+\])?\s*$/.exec(text)
  if (parsed === null) return problem(reader, line, `not a chain: ${text}`)
  const name = parsed[1] as string
  const policy = parsed[2] === '-' ? null : (parsed[2] as 'ACCEPT' | 'DROP')
  if (table.chains.has(name)) problem(reader, line, `chain ${name} is there twice`)
  else table.chains.set(name, { name, policy, rules: [] })
}

function readRule(reader: Reader, table: DraftTable, text: string, line: number): void {
  const chains = new Set(table.chains.keys())
  const parsed = parseRuleLine(text, { family: reader.source.family, chains })
  if (parsed.problem !== null) problem(reader, line, parsed.problem)
  if (parsed.chain === null) return
  const chain = table.chains.get(parsed.chain)
  if (chain !== undefined) {
    chain.rules.push(parsed.rule)
    return
  }
  problem(reader, line, `chain ${parsed.chain} was not declared`)
  table.chains.set(parsed.chain, { name: parsed.chain, policy: null, rules: [parsed.rule] })
}

function problem(reader: Reader, line: number, message: string): void {
  reader.problems.push({ line, message })
}
