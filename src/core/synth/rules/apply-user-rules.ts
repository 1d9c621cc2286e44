import type { IptablesTableName } from '../../host/ruleset.ts'
import type { SceneRule } from '../scene/scene.ts'
import { canonicalRule } from './canonical-rule.ts'
import type { IptablesDraft } from './iptables-draft.ts'

/** One call of iptables taken apart; `rule` is what iptables-save would print behind the chain. */
export type UserCommand = { readonly family: 'ip' | 'ip6'; readonly table: IptablesTableName } & (
  | { readonly action: 'append'; readonly chain: string; readonly rule: string }
  | { readonly action: 'insert'; readonly chain: string; readonly position: number; readonly rule: string }
  | { readonly action: 'delete'; readonly chain: string; readonly rule: string }
  | { readonly action: 'flush'; readonly chain: string | null }
  | { readonly action: 'new'; readonly chain: string }
  | { readonly action: 'policy'; readonly chain: string; readonly policy: 'ACCEPT' | 'DROP' }
)

const TABLE = /^(?:iptables\s+|ip6tables\s+)?(?:-t\s+(raw|mangle|nat|filter|security)\s+)?(.*)$/s

/** Parses one call of iptables, with or without the program's name; null for what is none. */
export function parseUserCommand({ family, command }: SceneRule): UserCommand | null {
  const [, table = 'filter', rest = ''] = TABLE.exec(command.trim()) ?? []
  const [verb, chain, ...words] = rest.split(/\s+/).filter((word) => word !== '')
  const at = { family: family === 6 ? 'ip6' : 'ip', table: table as IptablesTableName } as const
  if (verb === '-F' && words.length === 0) return { ...at, action: 'flush', chain: chain ?? null }
  if (chain === undefined || chain.startsWith('-')) return null
  switch (verb) {
    case '-A':
      return { ...at, action: 'append', chain, rule: canonicalRule(words, at.family) }
    case '-D':
      return { ...at, action: 'delete', chain, rule: canonicalRule(words, at.family) }
    case '-I': {
      const numbered = /^\d+$/.test(words[0] ?? '')
      const rule = canonicalRule(numbered ? words.slice(1) : words, at.family)
      return { ...at, action: 'insert', chain, position: numbered ? Number(words[0]) : 1, rule }
    }
    case '-N':
      return { ...at, action: 'new', chain }
    case '-P':
      return words[0] === 'ACCEPT' || words[0] === 'DROP' ? { ...at, action: 'policy', chain, policy: words[0] } : null
    default:
      return null
  }
}

/** Does what the user did. A call that cannot be read was refused by whoever checked the scene. */
export function applyUserRules(draft: IptablesDraft, rules: readonly SceneRule[]): void {
  for (const each of rules) {
    const command = parseUserCommand(each)
    if (command !== null) apply(draft, command)
  }
}

function apply(draft: IptablesDraft, command: UserCommand): void {
  const { family, table } = command
  switch (command.action) {
    case 'append':
      return draft.addAnyway({ family, table, chain: command.chain }, command.rule, null)
    case 'insert':
      return draft.addAnyway({ family, table, chain: command.chain }, command.rule, command.position)
    case 'delete':
      return draft.remove({ family, table, chain: command.chain }, command.rule)
    case 'flush':
      return draft.flush(family, table, command.chain)
    case 'new':
      return draft.addChain({ family, table, chain: command.chain })
    case 'policy':
      return draft.setPolicy({ family, table, chain: command.chain }, command.policy)
    default:
      return command satisfies never
  }
}
