/**
 * The lab on the command line; see README.md.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Engine, type Generation, startEngine } from './engine.ts'
import { importBusybox } from './busybox.ts'
import { stateRoot } from './ledger.ts'
import { isAlive, type ProcessIdentity } from './process-identity.ts'
import { type RawSource, writeRaw } from './raw.ts'
import { standardScene } from './scene.ts'
import { sweep } from './sweep.ts'
import { startWorld } from './world.ts'

const usage = `usage: tsx test/lab/cli.ts up [--engine 20|28|both] [--scene standard|none] [--state FILE]
       tsx test/lab/cli.ts raw DIR [--state FILE]
       tsx test/lab/cli.ts sweep`

/** Tells other processes (developers, end-to-end tests) of the lab that runs in the foreground somewhere. */
const defaultState = join(stateRoot, 'current.json')

interface State {
  readonly owner: ProcessIdentity
  readonly engines: readonly (RawSource & { readonly address: string; readonly name: string })[]
  readonly world: { readonly netns: string; readonly clientNetns: string }
}

async function up(engine: string, scene: string, stateFile: string): Promise<void> {
  const other = readState(stateFile)
  if (other !== undefined && isAlive(other.owner)) {
    throw new Error(`another lab is up (process ${other.owner.pid}); --state FILE gives this one a file of its own`)
  }
  const started = Date.now()
  const say = (text: string): void => console.log(`${((Date.now() - started) / 1000).toFixed(1)} s  ${text}`)
  const generations: Generation[] = engine === 'both' ? ['20', '28'] : [engine === '28' ? '28' : '20']
  const world = await startWorld()
  say(`world: ${world.netns}`)
  const engines = await Promise.all(
    generations.map(async (generation) => {
      const one = await startEngine(world, { generation })
      say(`Docker ${generation}: unix://${one.socket}`)
      await (scene === 'standard' ? standardScene(one) : importBusybox(one))
      say(`Docker ${generation}: ${scene === 'standard' ? 'standard scene' : 'image'} ready`)
      return one
    }),
  )
  publish(stateFile, {
    owner: world.ledger.owner,
    engines: engines.map(facts),
    world: { netns: world.netns, clientNetns: world.clientNetns },
  })
  say(`up; ${stateFile} tells where; Ctrl-C ends it`)
  // Nothing else keeps the process alive should an engine's process end by itself.
  setInterval(() => undefined, 60_000)
}

function facts({ generation, name, socket, netns, pid, address }: Engine): State['engines'][number] {
  return { generation, name, socket, netns, pid, address }
}

function publish(file: string, state: State): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(state, null, 2))
  process.on('exit', () => rmSync(file, { force: true }))
}

function readState(file: string): State | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as State
  } catch {
    return undefined
  }
}

async function raw(directory: string, stateFile: string): Promise<void> {
  const current = readState(stateFile)
  if (current === undefined) throw new Error('no lab is up: run `tsx test/lab/cli.ts up` first')
  for (const engine of current.engines) {
    const names = await writeRaw(engine, directory)
    console.log(`${join(directory, engine.generation)}: docker ${names.join(' ')}`)
  }
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      engine: { type: 'string', default: 'both' },
      scene: { type: 'string', default: 'standard' },
      state: { type: 'string', default: defaultState },
    },
  })
  const [command, argument] = positionals
  const known = ['20', '28', 'both'].includes(values.engine) && ['standard', 'none'].includes(values.scene)
  if (command === 'up' && known) await up(values.engine, values.scene, values.state)
  else if (command === 'raw' && argument !== undefined) await raw(argument, values.state)
  else if (command === 'sweep') console.log(sweep().join('\n') || 'nothing to sweep')
  else {
    console.error(usage)
    process.exitCode = 2
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
