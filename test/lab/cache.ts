/**
 * What scripts/setup-lab.sh builds once per machine and every clone and run then reads: never written to from here.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = process.env['HOPWIRE_LAB_CACHE'] ?? '/var/cache/hopwire-lab'

/** The root file system that carries Docker 28. The number is the recipe's, raised together with setup-lab.sh. */
export const docker28Tree = join(folder, 'docker28-r1')

/** The tar that `docker import` turns into `busybox:local`. */
export const busyboxTar = join(folder, 'busybox-r1.tar')

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The tag of Hopwire's helper: see src/backend/probe/probe-image.ts. */
function probeTag(): string {
  const script = readFileSync(join(root, 'resources', 'probe', 'build.sh'))
  return createHash('sha256').update(script).digest('hex').slice(0, 12)
}

/** Where the helper's archive is, once setup-lab.sh has built it. */
export function probeArchive(): string {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  return join(root, '.cache', 'probe', `hopwire-probe-${probeTag()}-${architecture}.tar.gz`)
}

/** Where the images lie that an engine of a generation starts with, once prepare-images.ts has built it. */
export function imagesFolder(generation: string): string {
  return join(folder, `images-${generation}-r1-${probeTag()}`)
}

/**
 * Says why the lab cannot run here, or nothing if it can. Tests use it for the title of what they skip.
 */
export function whyNoLab(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux'
  if (process.getuid?.() !== 0) return 'needs root'
  const missing = ['/usr/sbin/dockerd', '/usr/sbin/dnsmasq', join(docker28Tree, '.complete'), busyboxTar].find(
    (path) => !existsSync(path),
  )
  return missing === undefined ? undefined : `${missing} is missing: run scripts/setup-lab.sh`
}

/**
 * Throws the reason when the lab cannot run here.
 */
export function requireLab(): void {
  const reason = whyNoLab()
  if (reason !== undefined) throw new Error(`The lab cannot start: ${reason}`)
}
