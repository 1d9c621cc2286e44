import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FullConfig } from '@playwright/test'
import { type Generation, requireLab, standardScene, startEngine, startWorld, type World } from '../../lab/index.ts'
import { HELPER_VARIABLE } from '../../../src/backend/consent/read-helper-option.ts'
import { ENGINES_VARIABLE, readEngines, type TestEngine } from './engines.ts'

/** Nobody's settings are read or changed. */
const SETTINGS = fileURLToPath(new URL('../../../.cache/test/config', import.meta.url))

/**
 * Starts engines of both generations with the standard scene for each worker; ending the run ends them. HOPWIRE_E2E_LAB
 * names the state file of a lab that is up already, to be used instead, by one worker, and left alone.
 */
export default async function globalSetup({ workers }: FullConfig): Promise<() => void> {
  requireBuild()
  // Specs are not asked about the helper, and their runs keep no settings; consent.spec.ts has its own.
  process.env[HELPER_VARIABLE] = 'allow'
  process.env['XDG_CONFIG_HOME'] = SETTINGS
  const running = process.env['HOPWIRE_E2E_LAB']
  if (running !== undefined && running !== '') {
    if (workers > 1) throw new Error('a lab that is up already serves one worker: add --workers=1')
    publish(readEngines(running))
    return () => undefined
  }
  requireLab()
  const world = await startWorld()
  try {
    const each = Array.from({ length: workers }, (_, worker) => worker)
    publish(await Promise.all(each.flatMap((worker) => [start(world, '28', worker), start(world, '20', worker)])))
  } catch (error) {
    world.stop()
    throw error
  }
  return () => world.stop()
}

async function start(world: World, generation: Generation, worker: number): Promise<TestEngine> {
  const hostAddress = `198.51.100.${(generation === '20' ? 10 : 20) + worker}`
  const engine = await startEngine(world, { generation, hostAddress, name: `host${generation}-${worker}` })
  await standardScene(engine)
  const { socket, address, netns } = engine
  return { generation, worker, socket, address, netns, clientNetns: world.clientNetns }
}

function publish(engines: readonly TestEngine[]): void {
  process.env[ENGINES_VARIABLE] = JSON.stringify(engines)
}

function requireBuild(): void {
  const built = fileURLToPath(new URL('../../../out/cli/hopwire.mjs', import.meta.url))
  if (!existsSync(built)) throw new Error('Hopwire has not been built; run: npm run build')
}
