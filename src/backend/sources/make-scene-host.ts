import type { HostState } from '../../core/host/host-state.ts'
import { type IptablesProblem, parseIptablesSave } from '../../core/parse/iptables-save.ts'
import type { Scene } from '../../core/synth/scene/scene.ts'
import { type ReadTables, synthesizeHost } from '../../core/synth/synthesize-host.ts'
import type { Outcome } from '../../protocol/contract.ts'

/** Reads rules that Hopwire wrote itself. */
export const readTables: ReadTables = (text, family) => parseIptablesSave(text, { family, backend: 'nft' }).tables

/**
 * Returns the host that Docker would have made of a scene; `name` is only for the messages. What Docker would refuse is a
 * failure in its own words, and so is a rule of the user's that cannot be read.
 */
export function makeSceneHost(scene: Scene, name: string): Outcome<HostState> {
  const problems: IptablesProblem[] = []
  const made = synthesizeHost(scene, (text, family) => {
    const parsed = parseIptablesSave(text, { family, backend: 'nft' })
    problems.push(...parsed.problems)
    return parsed.tables
  })
  const [refusal, ...others] = made.refusals
  if (refusal !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`
    const message = `${name}: Docker would refuse ${refusal.path}: ${refusal.message}${more}`
    return unusable(message, 'change it in the scene', refusal.path)
  }
  const [problem] = problems
  if (problem === undefined) return { ok: true, value: made.state }
  return unusable(`${name}: a rule cannot be read: ${problem.message}`, 'write it as iptables-save prints it', 'rules')
}

function unusable(message: string, hint: string, at: string): Outcome<never> {
  return { ok: false, failure: { code: 'unreadable-file', message, hint, at } }
}
