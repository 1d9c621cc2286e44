#!/usr/bin/env node
import { existsSync } from 'node:fs'

const bundle = new URL('../out/cli/hopwire.mjs', import.meta.url)
if (existsSync(bundle)) {
  await import(bundle.href)
} else {
  process.stderr.write('hopwire: it has not been built yet; run: npm run build\n')
  process.exitCode = 2
}
