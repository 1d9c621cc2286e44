import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, createReadStream, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '../docker/engine.ts'
import { findPackageRoot } from '../package-root.ts'

/** Told in words what takes long, and how much of it is done (0..1, null when that is not known). */
export type ProgressHandler = (activity: string, progress: number | null) => void

/** How often build.sh speaks: once for each stage. */
const buildStages = 5

/** Returns the image's name. Its tag is the digest of build.sh, which decides all of its contents. */
export function probeImageName(root = findPackageRoot()): string {
  const script = readFileSync(join(root, 'resources', 'probe', 'build.sh'))
  return `hopwire/probe:${createHash('sha256').update(script).digest('hex').slice(0, 12)}`
}

/**
 * Makes sure that the engine has the probe's image and returns the image's name: imported from the archive that ships with
 * the app or that an earlier run built, else built first. Rejects with the reason when it can be had in no way.
 */
export async function ensureProbeImage(engine: Engine, onProgress: ProgressHandler): Promise<string> {
  const root = findPackageRoot()
  const image = probeImageName(root)
  if (await engine.hasImage(image)) return image
  const file = `hopwire-${image.replace(/^hopwire\//, '').replace(':', '-')}-${engine.architecture}.tar.gz`
  const shipped = join(root, 'resources', 'probe', file)
  const cached = join(cacheFolder(root), file)
  const archive = [shipped, cached].find((path) => existsSync(path))
  if (archive === undefined && !canBuildHere(engine)) {
    await buildInEngine(engine, root, image, onProgress)
    return image
  }
  if (archive === undefined) await buildArchive(root, cached, onProgress)
  onProgress('importing the probe image into the engine', 1)
  await engine.loadImage(createReadStream(archive ?? cached))
  return image
}

/** Beside the checkout where that can be written, else where the user's caches are. */
function cacheFolder(root: string): string {
  try {
    accessSync(root, constants.W_OK)
    return join(root, '.cache', 'probe')
  } catch {
    return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'hopwire')
  }
}

const debianNames: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

function canBuildHere(engine: Engine): boolean {
  const tools = ['/usr/bin/apt-get', '/usr/bin/dpkg-deb', '/usr/bin/bash']
  return debianNames[process.arch] === engine.architecture && tools.every((tool) => existsSync(tool))
}

function buildArchive(root: string, archive: string, onProgress: ProgressHandler): Promise<void> {
  mkdirSync(join(archive, '..'), { recursive: true })
  return new Promise((resolve, reject) => {
    const script = join(root, 'resources', 'probe', 'build.sh')
    const child = spawn('bash', [script, archive], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    let stages = 0
    child.stderr.setEncoding('utf8')
    child.stderr.on('data', (text: string) => {
      said += text
      for (const line of text.split('\n').filter((one) => one.startsWith('probe: '))) {
        onProgress(`building the probe image: ${line.slice(7)}`, Math.min(stages / buildStages, 1))
        stages += 1
      }
    })
    child.on('error', reject)
    child.on('close', (status) => {
      const last = said.trim().split('\n').at(-1) ?? ''
      if (status === 0) resolve()
      else reject(new Error(`the probe image could not be built: ${last.replace(/^probe: /, '')}`))
    })
  })
}

async function buildInEngine(engine: Engine, root: string, image: string, onProgress: ProgressHandler): Promise<void> {
  onProgress('building the probe image with docker build', null)
  const tag = image.split(':')[1] ?? ''
  try {
    await engine.buildImage(join(root, 'resources', 'probe'), ['Dockerfile', 'build.sh'], image, { TAG: tag })
  } catch (error) {
    throw new Error(`the probe image could not be built with docker build: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
