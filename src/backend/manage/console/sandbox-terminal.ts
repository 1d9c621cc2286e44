import type { Failure, Outcome } from '../../../protocol/contract.ts'
import type { Source } from '../../sources/source.ts'
import type { OpenedTerminal, TerminalHandler } from '../manager.ts'
import { SimulatedShell } from './sandbox-shell/simulated-shell.ts'

/** What is not to be had of a sandbox's containers, one sentence each, for `ManagerInfo.lacks`. */
export const SANDBOX_HAS_NO_LOGS = 'a sandbox runs no program, so there are no logs'

/**
 * Opens a simulated shell in a container of the sandbox. A command is typed for the user, since nothing else can be run. A
 * container that is not there or does not run is refused in Docker's words.
 */
export async function openSandboxTerminal(
  source: Pick<Source, 'load' | 'resolve'>,
  container: string,
  command: readonly string[],
  handler: TerminalHandler,
): Promise<Outcome<OpenedTerminal>> {
  const loaded = await source.load()
  if (!loaded.ok) return loaded
  const found = loaded.value.containers.find(({ name }) => name === container)
  if (found === undefined) return refuse(`No such container: ${container}`)
  if (found.state === 'paused') return refuse(`Container ${container} is paused, unpause the container before exec`)
  if (found.state !== 'running') return refuse(`container ${container} is not running`)
  const shell = new SimulatedShell(source, container, handler)
  if (command.length > 0) shell.write(`${command.map(quote).join(' ')}\r`)
  return { ok: true, value: shell }
}

function quote(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", '')}'`
}

function refuse(message: string): Outcome<never> {
  const failure: Failure = { code: 'engine-refused', message, hint: 'start it, then open the terminal again' }
  return { ok: false, failure }
}
