import type { NftStatement } from '../../../host/nft.ts'
import { countConnections } from '../../conntrack.ts'
import type { HookRun } from '../../hook-run.ts'
import { applyNotrack } from '../../statement/notrack.ts'
import { cannotTell } from '../../statement/statement.ts'
import { compileMatch } from '../compile-match.ts'
import { NUMBER } from '../datatype.ts'
import { compileKey } from '../expression/compile-expression.ts'
import { lookUp, type SetScope } from '../set.ts'
import { isUnknown, MISSING } from '../value.ts'
import { compileAssign } from './assign.ts'
import { compileToOwn, compileTranslation } from './nat.ts'
import { compileReject } from './reject.ts'
import { type CompiledStatement, FAILS, HOLDS, type Taken } from './taken.ts'

/** Returns a statement ready to be taken. `because` opens a sentence that says why a rule took the packet. */
export function compileStatement(statement: NftStatement, scope: SetScope, because: string): CompiledStatement {
  switch (statement.kind) {
    case 'match': {
      const matches = compileMatch(statement, scope)
      return { reads: true, take: (run) => judged(matches(run)) }
    }
    case 'limit':
      return limit(statement)
    case 'no-effect':
      return { reads: true, take: () => HOLDS }
    case 'verdict':
      return { reads: false, take: () => ({ kind: 'verdict', verdict: statement.verdict }) }
    case 'verdict-map':
      return compileVerdictMap(statement, scope)
    case 'assign':
      return compileAssign(statement.key, statement.value, scope)
    case 'dnat':
    case 'snat':
      return compileTranslation(statement, scope)
    case 'masquerade':
    case 'redirect':
      return compileToOwn(statement)
    case 'reject':
      return compileReject(statement, because)
    case 'notrack':
      return { reads: false, take: (run) => ({ kind: 'effect', result: applyNotrack(run) }) }
    case 'unsupported': {
      const result = cannotTell('queue', `${statement.text} is not evaluated`)
      return { reads: false, take: () => ({ kind: 'effect', result }) }
    }
    default:
      return statement satisfies never
  }
}

function judged(result: ReturnType<ReturnType<typeof compileMatch>>): Taken {
  if (isUnknown(result)) return { kind: 'unknown', what: result.unknown, likely: false }
  return result ? HOLDS : FAILS
}

/** A packet that comes alone is under the limit: a plain limit then holds, one for what is `over` does not. */
function limit({ what, over, count }: Extract<NftStatement, { readonly kind: 'limit' }>): CompiledStatement {
  const taken: Taken = { kind: 'unknown', what: `a ${what}, which depends on what else passes,`, likely: !over }
  if (count === undefined) return { reads: true, take: () => taken }
  const isOver = over ? HOLDS : FAILS
  const isWithin = over ? FAILS : HOLDS
  // Of all connections no more can have passed this rule than there are; this one does.
  const take = (run: HookRun): Taken => {
    if (count === 0) return isOver
    if (run.context.netns.conntrack === null) return taken
    const own = run.input.conntrack?.connection ?? null
    const all = countConnections(run.context.conntrack, (_, each) => own === null || each !== own)
    return 1 + all <= count ? isWithin : taken
  }
  return { reads: true, take }
}

function compileVerdictMap(
  statement: Extract<NftStatement, { readonly kind: 'verdict-map' }>,
  scope: SetScope,
): CompiledStatement {
  const find = lookUp(compileKey(statement.key, NUMBER, scope), statement.set, scope)
  const take = (run: Parameters<CompiledStatement['take']>[0]): Taken => {
    const element = find(run)
    if (element === null || element === MISSING) return FAILS
    if (isUnknown(element)) {
      return { kind: 'effect', result: cannotTell('jump', `${element.unknown} is not evaluated`) }
    }
    const { data } = element
    switch (data?.kind) {
      case 'accept':
      case 'drop':
      case 'continue':
      case 'return':
      case 'jump':
      case 'goto':
      case 'queue':
        return { kind: 'verdict', verdict: data }
      default:
        return { kind: 'effect', result: cannotTell('jump', 'a verdict map without a verdict is not evaluated') }
    }
  }
  return { reads: false, take }
}
