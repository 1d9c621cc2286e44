import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Generation, requireLab, standardScene, startEngine, startWorld, type World } from '../../lab/index.ts'
import { HELPER_VARIABLE } from '../../../src/backend/consent/read-helper-option.ts'
import { ENGINES_VARIABLE, readEngines, type TestEngine } from './engines.ts'

/**
 * Starts both engines with the standard scene once for all specs; ending the run ends them. HOPWIRE_E2E_LAB names the
 * state file of a lab that is up already, to be used instead and left alone.
 */
export default async function globalSetup(): Promise<() => void> {
  requireBuild()
  // Specs are not asked about the helper, and their runs keep no settings; consent.spec.ts has its own.
  process.env[HELPER_VARIABLE] = 'allow'
  const running = process.env['HOPWIRE_E2E_LAB']
  if (running !== undefined && running !== '') {
    publish(readEngines(running))
    return () => undefined
  }
  requireLab()
  const world = await startWorld()
  try {
    publish(await Promise.all((['28', '20'] as const).map((generation) => start(world, generation))))
  } catch (error) {
    world.stop()
    throw error
  }
  return () => world.stop()
}

async function start(world: World, generation: Generation): Promise<TestEngine> {
  const engine = await startEngine(world, { generation })
  await standardScene(engine)
  const { socket, address, netns } = engine
  return { generation, socket, address, netns, clientNetns: world.clientNetns }
}

function publish(engines: readonly TestEngine[]): void {
  process.env[ENGINES_VARIABLE] = JSON.stringify(engines)
}

function requireBuild(): void {
  const built = fileURLToPath(new URL('../../../out/cli/hopwire.mjs', import.meta.url))
  if (!existsSync(built)) throw new Error('Hopwire has not been built; run: npm run build')
}
