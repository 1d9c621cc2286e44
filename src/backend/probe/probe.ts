import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Frame } from '../../core/parse/frames.ts'
import { splitFrames } from '../../core/parse/frames.ts'
import type { Parsed } from '../../core/parse/problem.ts'
import type { Engine, ExecResult } from '../docker/engine.ts'
import { startHelper, sweepHelpers } from './helper.ts'
import { ensureProbeImage, type ProgressHandler } from './probe-image.ts'
import { READ_HOST, scriptText } from './script-text.ts'
import { createTrafficKeeper, type TrafficKeeper } from './traffic.ts'
import { createWatchKeeper, type WatchKeeper } from './watch.ts'

/** One question for a name server: `pid` is a process of the namespace to ask from, 0 for the host's own. */
export interface NameQuestion {
  readonly pid: number
  readonly name: string
  readonly server: string
}

/** The helper container in use. Its commands are fixed: no argument ever becomes one. */
export interface Probe {
  /** Reads the host's own namespace and those of the given processes, in one exec. */
  read(pids: readonly number[], signal?: AbortSignal): Promise<Parsed<readonly Frame[]>>
  /** Asks all questions in one exec; the answers' commands are `ask:NAME:SERVER`, their namespaces the pids. */
  ask(questions: readonly NameQuestion[], signal?: AbortSignal): Promise<Parsed<readonly Frame[]>>
  /** Has a packet sent and watched, or waits for somebody else's; see `createWatchKeeper`. */
  readonly watch: WatchKeeper['run']
  /** Listens to the traffic that there is; see `createTrafficKeeper`. */
  readonly listen: TrafficKeeper['run']
  close(): Promise<void>
}

/** Waiting for name servers takes no processor. */
const parallelQuestions = 32

const namePattern = /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,253})$/
const serverPattern = /^[0-9A-Fa-f:.]{2,45}(%[\w.-]+)?$/

/** Removes what crashed runs left, makes sure of the image and starts the helper. Rejects with the engine's error. */
export async function openProbe(engine: Engine, onProgress: ProgressHandler): Promise<Probe> {
  await sweepHelpers(engine)
  const image = await ensureProbeImage(engine, onProgress)
  onProgress('starting the probe', null)
  const helper = await startHelper(engine, image)
  const run = (command: readonly string[], env: readonly string[], signal?: AbortSignal): Promise<ExecResult> =>
    engine.exec(helper.id, command, env, signal)
  const watches = createWatchKeeper(engine, helper.id)
  const traffic = createTrafficKeeper(engine, helper.id)
  return {
    read: (pids, signal) => read(run, pids, signal),
    ask: (questions, signal) => ask(run, questions, signal),
    watch: watches.run,
    listen: traffic.run,
    close: async () => {
      await Promise.all([watches.end(), traffic.end()])
      await helper.close()
    },
  }
}

type Run = (command: readonly string[], env: readonly string[], signal?: AbortSignal) => Promise<ExecResult>

async function read(run: Run, pids: readonly number[], signal?: AbortSignal): Promise<Parsed<readonly Frame[]>> {
  const command = ['/usr/bin/perl', '-e', scriptText(...READ_HOST), '--', ...pids.map(String)]
  const first = await run(command, [], signal)
  // A busy engine fails now and then to start a program in a container (runc: "unable to start container process").
  const result = first.stdout.length === 0 ? await run(command, [], signal) : first
  if (result.stdout.length === 0) throw new Error(`the probe read nothing: ${lastLine(result)}`)
  return splitFrames(await promisify(gunzip)(result.stdout))
}

async function ask(
  run: Run,
  questions: readonly NameQuestion[],
  signal?: AbortSignal,
): Promise<Parsed<readonly Frame[]>> {
  const valid = questions.filter(({ name, server }) => namePattern.test(name) && serverPattern.test(server))
  if (valid.length === 0) return { value: [], problems: [] }
  const script = scriptText('resolve-names.sh')
  const args = [
    'ask',
    String(parallelQuestions),
    ...valid.flatMap(({ pid, name, server }) => [String(pid), name, server]),
  ]
  const result = await run(['/bin/sh', '-c', script, ...args], [`HOPWIRE_SCRIPT=${script}`], signal)
  return splitFrames(result.stdout)
}

function lastLine(result: ExecResult): string {
  return result.stderr.toString().trim().split('\n').at(-1) || `exit status ${result.exitCode}`
}
