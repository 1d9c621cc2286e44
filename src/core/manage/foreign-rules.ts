import type { IptablesChain, IptablesTable } from '../host/ruleset.ts'
import { parseUserCommand } from '../synth/rules/apply-user-rules.ts'
import type { SceneRule } from '../synth/scene/scene.ts'

/** Rules of a host that are not Docker's, as the user's calls of iptables, and those that could not be taken over. */
export interface ForeignRules {
  readonly rules: readonly SceneRule[]
  readonly left: readonly string[]
}

/**
 * Compares the tables of a real host with those that Docker would have written, and returns what is there beside: chains of
 * the user's own, rules in chains that Docker shares with others (at the place where they are), policies. What is otherwise
 * in a chain of Docker's own cannot be told from what it does itself.
 */
export function findForeignRules(real: readonly IptablesTable[], made: readonly IptablesTable[]): ForeignRules {
  const rules: SceneRule[] = []
  const left: string[] = []
  for (const table of real) {
    const own = made.find(({ family, name }) => family === table.family && name === table.name)
    const call = (command: string): SceneRule => ({
      family: table.family === 'ip6' ? 6 : 4,
      command: `-t ${table.name} ${command}`,
    })
    const isThere = (name: string): boolean => own?.chains.some((chain) => chain.name === name) === true
    const users = table.chains.filter((chain) => chain.policy === null && !isDockers(chain) && !isThere(chain.name))
    rules.push(...users.map(({ name }) => call(`-N ${name}`)))
    for (const chain of table.chains) {
      const known = own?.chains.find(({ name }) => name === chain.name)
      const calls = callsOf(chain, known)
      const foreign = calls.filter(({ command }) => parseUserCommand(call(command)) !== null)
      if (isDockers(chain) && foreign.length > 0) left.push(`chain ${chain.name} of table ${table.name}`)
      else rules.push(...foreign.map(({ command }) => call(command)))
    }
  }
  return { rules, left }
}

/** DOCKER-USER is the user's chain. */
function isDockers({ name }: IptablesChain): boolean {
  return name !== 'DOCKER-USER' && (name === 'DOCKER' || name.startsWith('DOCKER-') || name === 'DOCKER_OUTPUT')
}

function callsOf(chain: IptablesChain, known: IptablesChain | undefined): readonly { readonly command: string }[] {
  const there = known?.rules.map(({ text }) => text) ?? []
  const inserted = chain.rules.flatMap(({ text }, index) => {
    if (there.includes(text)) return []
    const rule = text.replace(/^-A \S+ ?/, '')
    return [{ command: `-I ${chain.name} ${index + 1} ${rule}` }]
  })
  const isOther = chain.policy !== null && chain.policy !== (known?.policy ?? 'ACCEPT')
  return isOther ? [{ command: `-P ${chain.name} ${chain.policy}` }, ...inserted] : inserted
}
