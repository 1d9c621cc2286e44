import { expect } from 'vitest'
import type { BackendService } from '../../../src/backend/service.ts'
import type { LabGround, LabState } from '../../../src/core/manage/lab.ts'
import { readCommand } from '../../../src/core/manage/read-command.ts'
import { createCanceller } from '../../../src/protocol/cancel-signal.ts'
import type { Method, Outcome, Params, ResultOf } from '../../../src/protocol/contract.ts'

/**
 * Does a lab as its page says: before a step its checks do not all hold, its commands are done in their order, what is to be
 * traced is traced, and then they do. Ends with the lab done.
 */
export async function walkLab(
  service: BackendService,
  lab: string,
  ground: LabGround,
  change: ChangeHost = (command) => changeByService(service, command),
): Promise<void> {
  const started = await call(service, 'startLab', { lab, ground })
  expect(started.current).toBe(0)
  for (const [index, { title }] of started.steps.entries()) {
    const before = await stateOf(service)
    expect(before.current, `what holds before “${title}”`).toBe(index)
    await doStep(service, index, change)
    const after = await stateOf(service)
    const why = after.steps[index]?.checks.map(({ why: reason }) => reason).filter((reason) => reason !== null)
    expect(why, title).toEqual([])
    expect(after.current, `what an earlier step loses by “${title}”`).toBeGreaterThan(index)
  }
  expect((await stateOf(service)).done).toBe(true)
}

async function doStep(service: BackendService, index: number, change: ChangeHost): Promise<void> {
  for (let at = 0; ; at += 1) {
    // Addresses stand in the page once they are there.
    const command = listCommands((await stateOf(service)).steps[index]?.body ?? '')[at]
    if (command === undefined) break
    await doCommand(service, command, change)
  }
  for (const check of (await stateOf(service)).steps[index]?.checks ?? []) {
    if (check.state !== 'passed' && check.flow !== null && check.why?.startsWith('Trace it'))
      await service.methods.trace({ flow: check.flow, tried: false }, context())
  }
}

/** Does a command that changes the host. */
export type ChangeHost = (command: string) => Promise<void>

async function doCommand(service: BackendService, command: string, change: ChangeHost): Promise<void> {
  const read = readCommand(command)
  if (read.kind === 'action' || read.kind === 'host') return change(command)
  // Some of them are to fail.
  if (read.kind === 'flow') await service.methods.trace({ flow: read.flow, tried: false }, context())
}

/** As the buttons of the page do it. */
async function changeByService(service: BackendService, command: string): Promise<void> {
  const read = readCommand(command)
  if (read.kind === 'action') await call(service, 'doAction', { action: read.action })
  else await call(service, 'labCommand', { command })
}

/** The commands of a step's Markdown, one each; a backslash at its end joins a line to the next. */
function listCommands(body: string): readonly string[] {
  const blocks = [...body.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  return blocks.flatMap(([, text = '']) => text.replaceAll('\\\n', ' ').split('\n')).filter((line) => line !== '')
}

async function stateOf(service: BackendService): Promise<LabState> {
  const state = await call(service, 'labState', {})
  if (state === null) throw new Error('no lab is under way')
  return state
}

/** Calls a method that has to succeed. */
export async function call<M extends Method>(
  service: BackendService,
  method: M,
  params: Params<M>,
): Promise<ResultOf<M>> {
  const outcome: Outcome<ResultOf<M>> = await service.methods[method](params, context())
  if (!outcome.ok) throw new Error(`${method} ${JSON.stringify(params)}: ${outcome.failure.message}`)
  return outcome.value
}

function context() {
  return { signal: createCanceller().signal }
}
