/**
 * Builds once per machine what engines start with: their data with the lab's image and Hopwire's helper in them. To import
 * both takes each engine more than all else that it does to start.
 */
import { createReadStream, existsSync, mkdirSync, rmSync } from 'node:fs'
import { apiPost } from './api.ts'
import { importBusybox } from './busybox.ts'
import { imagesFolder, probeArchive, whyNoLab } from './cache.ts'
import { type Generation, startEngine } from './engine.ts'
import { keepNotice, onceMore } from './once-more.ts'
import { run } from './run-command.ts'
import { startWorld } from './world.ts'

/** What vitest runs before live tests. Without its images an engine is slower, and as good: no run ends for want of them. */
export async function setup(): Promise<void> {
  if (whyNoLab() !== undefined || !existsSync(probeArchive())) return
  const prepare = (generation: Generation): Promise<void> =>
    onceMore({ what: `the images of Docker ${generation}`, make: () => prepareImages(generation) }).catch(
      (error: unknown) => keepNotice(`the images of Docker ${generation}, for good: ${String(error)}`),
    )
  await Promise.all((['20', '28'] as const).map(prepare))
}

/** Several runs may do so at once: each has a folder of its own, and the first that is done keeps it. */
async function prepareImages(generation: Generation): Promise<void> {
  const folder = imagesFolder(generation)
  if (existsSync(folder)) return
  const part = `${folder}.${process.pid}`
  const world = await startWorld()
  try {
    const engine = await startEngine(world, { generation, withImages: false })
    await importBusybox(engine)
    await apiPost(engine.socket, '/images/load?quiet=1', createReadStream(probeArchive()))
    mkdirSync(part, { recursive: true })
    const data = `/proc/${engine.pid}/root${world.directory}/${engine.name}/disk/data`
    await run(['cp', '-a', `${data}/image`, `${data}/overlay2`, part])
    await run(['mv', '--no-target-directory', '--no-clobber', part, folder])
  } finally {
    rmSync(part, { recursive: true, force: true })
    world.stop()
  }
}
