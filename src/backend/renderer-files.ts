import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Outcome } from '../protocol/contract.ts'
import { findPackageRoot } from './package-root.ts'

/** One built file of the page, in memory. */
export interface RendererFile {
  readonly body: Uint8Array<ArrayBuffer>
  readonly headers: Readonly<Record<string, string>>
}

/** The built page by URL path (`/index.html`, `/assets/x.js`). A URL is looked up here and never becomes a file path. */
export type RendererFiles = ReadonlyMap<string, RendererFile>

/**
 * What the page may do, in both shells: run its own scripts and talk to where it came from, nothing else. Inline scripts and
 * style sheets, eval, frames and foreign hosts are all refused. Style attributes are not: xterm writes them for the colours
 * of a terminal that are not among the sixteen, and they can neither select nor match anything, as a style sheet could.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

/** Headers of every answer, refusals included. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** A file of another type is not part of the page and is left out. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

/** Reads the built page, out/renderer unless another folder is given. Fails when it has not been built. */
export function loadRendererFiles(folder = join(findPackageRoot(), 'out', 'renderer')): Outcome<RendererFiles> {
  const files = new Map<string, RendererFile>()
  for (const name of listFiles(folder)) {
    const type = TYPES[extname(name)]
    if (type)
      files.set(`/${name}`, { body: new Uint8Array(readFileSync(join(folder, name))), headers: headersOf(name, type) })
  }
  if (files.has('/index.html')) return { ok: true, value: files }
  return {
    ok: false,
    failure: {
      code: 'unreadable-file',
      message: 'the page has not been built',
      hint: 'run: npm run build',
      at: folder,
    },
  }
}

/** Returns the file of a URL path, null when the page has none there. `/` is the page itself. */
export function findRendererFile(files: RendererFiles, path: string): RendererFile | null {
  return files.get(path === '/' ? '/index.html' : path) ?? null
}

function headersOf(name: string, type: string): Readonly<Record<string, string>> {
  // Only files below assets/ carry a hash of their content in their name.
  const caching = name.startsWith('assets/') ? 'private, max-age=31536000, immutable' : 'no-store'
  return { ...SECURITY_HEADERS, 'content-type': type, 'cache-control': caching }
}

/** Paths of all plain files below a folder, with slashes; none when the folder is not there. */
function listFiles(folder: string): readonly string[] {
  let names: string[]
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
  return names.filter((name) => statSync(join(folder, name)).isFile()).map((name) => name.replaceAll('\\', '/'))
}
