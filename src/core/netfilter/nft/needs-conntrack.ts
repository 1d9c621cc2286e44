import type { NftExpression, NftRule, NftStatement, NftTable } from '../../host/nft.ts'

/**
 * Tells whether a table has an expression that makes the kernel track connections in its namespace (nf_ct_netns_get, which
 * `ct`, NAT and flow statements call when they are loaded; a nat chain alone does not).
 */
export function nftNeedsConntrack(table: NftTable): boolean {
  return table.chains.some((chain) => chain.rules.some(ruleNeedsConntrack))
}

function ruleNeedsConntrack({ statements }: NftRule): boolean {
  return statements.some(statementNeedsConntrack)
}

function statementNeedsConntrack(statement: NftStatement): boolean {
  switch (statement.kind) {
    case 'dnat':
    case 'snat':
    case 'masquerade':
    case 'redirect':
      return true
    case 'match':
      return asksConntrack(statement.left)
    case 'verdict-map':
      return asksConntrack(statement.key)
    case 'assign':
      return asksConntrack(statement.key) || asksConntrack(statement.value)
    case 'limit':
    case 'no-effect':
      return statement.kind === 'limit' ? statement.what === 'ct count' : statement.what.startsWith('ct ')
    case 'unsupported':
      return /^\{"(?:ct\b|flow\b|synproxy\b)/.test(statement.text)
    case 'verdict':
    case 'reject':
    case 'notrack':
      return false
    default:
      return statement satisfies never
  }
}

function asksConntrack(expression: NftExpression): boolean {
  switch (expression.kind) {
    case 'ct':
      return true
    case 'operation':
      return expression.operands.some(asksConntrack)
    case 'concat':
      return expression.parts.some(asksConntrack)
    case 'map':
      return asksConntrack(expression.key)
    default:
      return false
  }
}
