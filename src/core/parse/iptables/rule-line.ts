import type { Match } from '../../host/match.ts'
import type { IptablesRule } from '../../host/ruleset.ts'
import type { Target } from '../../host/target.ts'
import { readBaseMatch } from './base-match.ts'
import { readModule } from './match-modules.ts'
import { splitWords, type Word } from './split-words.ts'
import { readTarget } from './targets.ts'

/** What a rule line is read against: the IP version, and the chains of its table that a jump may mean. */
export interface RuleContext {
  readonly family: 'ip' | 'ip6'
  readonly chains: ReadonlySet<string>
}

/** A line read. `chain` is null when not even that could be made out; then there is no rule to keep. */
export type ParsedRule =
  | { readonly chain: string; readonly rule: IptablesRule; readonly problem: string | null }
  | { readonly chain: null; readonly problem: string }

/** Parses `-A CHAIN conditions -m MODULE options -j TARGET options`, as iptables-save writes it. */
export function parseRuleLine(text: string, context: RuleContext): ParsedRule {
  const words = splitWords(text)
  if (words === null) return unreadable(text, 'a quote is not closed')
  const chain = words[1]?.text
  if (words[0]?.text !== '-A' || chain === undefined) return { chain: null, problem: `not a rule: ${text}` }
  const pieces = splitPieces(words.slice(2))
  if (pieces === null) return unreadable(text, 'it ends in the middle')
  const matches: Match[] = []
  for (const piece of pieces.conditions) {
    const read = readCondition(piece, text, context)
    if (read === null) return unreadable(text, `"${pieceText(piece, text)}" is not understood`)
    matches.push(...read)
  }
  const target = pieces.action === null ? null : readAction(pieces.action, text, context)
  return { chain, rule: { text, matches, target }, problem: null }
}

/** A rule that cannot be read stays in its place, as one of which nothing can be told. */
function unreadable(text: string, why: string): ParsedRule {
  const chain = /^-A (\S+)/.exec(text)?.[1]
  if (chain === undefined) return { chain: null, problem: `not a rule: ${text}` }
  const match: Match = { kind: 'unsupported', module: 'unreadable', text }
  const target: Target = { kind: 'unsupported', module: 'unreadable', text }
  return { chain, rule: { text, matches: [match], target }, problem: `${why}: ${text}` }
}

/** A condition with the words that belong to it: `-m tcp --dport 80`, `! -i docker0`, `-f`. */
interface Piece {
  readonly words: readonly Word[]
}

interface Pieces {
  readonly conditions: readonly Piece[]
  readonly action: Piece | null
}

/** Cuts the words behind the chain's name at every short option; `-j` and `-g` take all that is left. */
function splitPieces(words: readonly Word[]): Pieces | null {
  const conditions: { words: Word[] }[] = []
  let pending: Word | null = null
  for (const [index, word] of words.entries()) {
    const short = !word.quoted && /^-[a-z]$/.test(word.text)
    if (short && (word.text === '-j' || word.text === '-g')) {
      if (pending !== null || index + 1 >= words.length) return null
      return { conditions, action: { words: words.slice(index) } }
    }
    if (!word.quoted && word.text === '!') {
      if (pending !== null) return null
      pending = word
      continue
    }
    if (short) conditions.push({ words: [] })
    const open = conditions[conditions.length - 1]
    if (open === undefined) return null
    if (pending !== null) open.words.push(pending)
    pending = null
    open.words.push(word)
  }
  return pending === null ? { conditions, action: null } : null
}

function pieceText(piece: Piece, text: string): string {
  return text.slice(piece.words[0]?.start ?? 0, piece.words[piece.words.length - 1]?.end ?? 0)
}

function readCondition(piece: Piece, text: string, context: RuleContext): readonly Match[] | null {
  const [first, second] = piece.words
  if (first?.text !== '-m') {
    const base = readBaseMatch(piece.words.map((word) => word.text))
    return base === null ? null : base === 'any' ? [] : [base]
  }
  if (second === undefined) return null
  const whole = pieceText(piece, text)
  const read = readModule(second.text, piece.words.slice(2), { text: whole, family: context.family })
  return read ?? [{ kind: 'unsupported', module: second.text, text: whole }]
}

function readAction(piece: Piece, text: string, context: RuleContext): Target {
  const [verb, name, ...rest] = piece.words
  const chain = name?.text ?? ''
  if (verb?.text === '-g') return { kind: 'goto', chain }
  if (context.chains.has(chain)) return { kind: 'jump', chain }
  return readTarget(chain, rest, context.family) ?? { kind: 'unsupported', module: chain, text: pieceText(piece, text) }
}
