import type { PortRange } from '../../../host/match.ts'
import type { NftExpression, NftStatement } from '../../../host/nft.ts'
import { parseAddress } from '../../../net/address.ts'
import type { HookRun } from '../../hook-run.ts'
import { applyDnat } from '../../statement/dnat.ts'
import { applyMasquerade } from '../../statement/masquerade.ts'
import { applyNetmap } from '../../statement/netmap.ts'
import { applyRedirect } from '../../statement/redirect.ts'
import { applySnat } from '../../statement/snat.ts'
import { cannotTell, type StatementResult } from '../../statement/statement.ts'
import { TEXT } from '../datatype.ts'
import { compileKey, describeExpression } from '../expression/compile-expression.ts'
import { lookUp, type SetScope } from '../set.ts'
import { isUnknown, MISSING, type Unknown, unknown } from '../value.ts'
import { type CompiledStatement, FAILS, type Taken } from './taken.ts'

type Translation = Extract<NftStatement, { readonly kind: 'dnat' | 'snat' }>
type ToOwn = Extract<NftStatement, { readonly kind: 'masquerade' | 'redirect' }>

/** `masquerade`, `masquerade to :1024-2000 random`, `redirect to :8080`. */
export function compileToOwn({ kind, port, flags }: ToOwn): CompiledStatement {
  const ports = port === null ? null : portsOf(port)
  const random = isRandom(flags)
  const take: CompiledStatement['take'] = (run) => {
    if (isUnknown(ports)) return untold(kind, ports)
    const target = { ports, random }
    const result =
      kind === 'masquerade' ? applyMasquerade(run, { kind, ...target }) : applyRedirect(run, { kind, ...target })
    return { kind: 'effect', result }
  }
  return { reads: false, take }
}

/** `dnat to 172.17.0.2:80`, `snat ip to 10.0.0.1`, `dnat ip addr . port to tcp dport map @ports`. */
export function compileTranslation(statement: Translation, scope: SetScope): CompiledStatement {
  const resolveAddress = compileTarget(statement.address, scope)
  const resolvePort = compileTarget(statement.port, scope)
  const take: CompiledStatement['take'] = (run) => {
    if (statement.family !== null && statement.family !== run.family) return FAILS
    const address = resolveAddress(run)
    const port = resolvePort(run)
    if (address === MISSING || port === MISSING) return FAILS
    if (isUnknown(address)) return untold(statement.kind, address)
    if (isUnknown(port)) return untold(statement.kind, port)
    return apply(run, statement, address, port)
  }
  return { reads: false, take }
}

function isRandom(flags: readonly string[]): boolean {
  return flags.includes('random') || flags.includes('fully-random')
}

function untold(verdict: 'dnat' | 'snat' | 'masquerade' | 'redirect', { unknown: what }: Unknown): Taken {
  return { kind: 'effect', result: cannotTell(verdict, `${what} is not evaluated`) }
}

type Target = NftExpression | null | typeof MISSING | Unknown

/** Returns what to translate to: the constant itself, or what a map has for the packet. */
function compileTarget(expression: NftExpression | null, scope: SetScope): (run: HookRun) => Target {
  if (expression?.kind !== 'map') return () => expression
  const find = lookUp(compileKey(expression.key, TEXT, scope), expression.set, scope)
  return (run) => {
    const element = find(run)
    if (element === null || element === MISSING) return MISSING
    if (isUnknown(element)) return element
    const { data } = element
    const isVerdict = data === null || VERDICTS.has(data.kind)
    return isVerdict ? unknown('a map without a value') : (data as NftExpression)
  }
}

const VERDICTS: ReadonlySet<string> = new Set(['accept', 'drop', 'continue', 'return', 'jump', 'goto', 'queue'])

function apply(run: HookRun, statement: Translation, address: NftExpression | null, port: NftExpression | null): Taken {
  const { kind, flags } = statement
  const whole = address?.kind === 'concat' ? address.parts : [address, port]
  const [first = null, second = null] = whole
  if (first?.kind === 'prefix' && flags.includes('netmap')) {
    return { kind: 'effect', result: applyNetmap(run, { kind: 'netmap', prefix: describeExpression(first) }) }
  }
  const addresses = first === null ? null : addressesOf(first)
  const ports = second === null ? null : portsOf(second)
  if (isUnknown(addresses)) return untold(kind, addresses)
  if (isUnknown(ports)) return untold(kind, ports)
  const target = { kind, addresses, ports, random: isRandom(flags), persistent: flags.includes('persistent') }
  const result: StatementResult = kind === 'dnat' ? applyDnat(run, target) : applySnat(run, target)
  return { kind: 'effect', result }
}

function addressesOf(expression: NftExpression): { readonly from: string; readonly to: string } | Unknown {
  const [from, to] = expression.kind === 'range' ? [expression.from, expression.to] : [expression, expression]
  if (
    from.kind === 'word' &&
    to.kind === 'word' &&
    parseAddress(from.text) !== null &&
    parseAddress(to.text) !== null
  ) {
    return { from: from.text, to: to.text }
  }
  return unknown(`the address ${describeExpression(expression)}`)
}

function portsOf(expression: NftExpression): PortRange | Unknown {
  const [from, to] = expression.kind === 'range' ? [expression.from, expression.to] : [expression, expression]
  if (from.kind === 'number' && to.kind === 'number') return { from: from.value, to: to.value }
  return unknown(`the port ${describeExpression(expression)}`)
}
