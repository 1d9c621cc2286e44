import { writeFile } from 'node:fs/promises'
import type { Source } from '../../backend/sources/source.ts'
import type { HostState } from '../../core/host/host-state.ts'
import type { Outcome } from '../../protocol/contract.ts'
import { EXIT } from '../exit-status.ts'
import { printProblem } from '../print/print-failure.ts'
import { resolveNames } from '../resolve-names.ts'
import { fail, usageError, withSource, type CommandContext } from './command-context.ts'

/** Looked up unless --resolve says otherwise, so that the first example of the manual works on a saved host, too. */
const USUAL_NAMES: readonly string[] = ['facebook.com']

/** `hopwire snapshot`: the host's state as JSON. */
export async function snapshot(context: CommandContext): Promise<number> {
  const { io, options } = context
  if (options.positionals.length > 0) return usageError(io.stderr, `snapshot takes no "${options.positionals[0]}"`)
  const names = options.values.resolve?.split(',').filter((name) => name.trim() !== '') ?? null
  const wrong = names?.find((name) => !/^[\w-]+(\.[\w-]+)*\.?$/.test(name.trim()))
  if (wrong !== undefined) return usageError(io.stderr, `--resolve: "${wrong}" is not a DNS name`)
  return withSource(context, async (source) => {
    const read = await readState(source, names, io.signal)
    if (!read.ok) return () => fail(io.stderr, read.failure)
    const status = await write(context, read.value)
    return () => status
  })
}

/** The host as it is now, with the answers to the names that were asked for. */
async function readState(
  source: Source,
  names: readonly string[] | null,
  signal: AbortSignal,
): Promise<Outcome<HostState>> {
  const loaded = await source.load(signal)
  if (!loaded.ok) return loaded
  const state = loaded.value
  const resolved = await resolveNames(source, state, names?.map((name) => name.trim()) ?? USUAL_NAMES, signal)
  // A saved host has nobody to ask: that matters only where the user did ask for names.
  if (!resolved.ok && names === null && resolved.failure.code === 'unknown-name') return { ok: true, value: state }
  if (!resolved.ok || source.kind !== 'docker') return resolved
  // Asking has stirred the neighbour and connection tables: what is saved is the host that a trace would find now.
  const after = await source.load(signal)
  return after.ok ? { ok: true, value: { ...after.value, names: resolved.value.names } } : after
}

async function write(context: CommandContext, state: HostState): Promise<number> {
  const { stdout, stderr } = context.io
  const file = context.options.values.output
  const text = `${JSON.stringify(state)}\n`
  for (const gap of state.gaps) stderr.write(`${printProblem(`not read: ${gap.what}: ${gap.why}`)}\n`)
  if (file === undefined || file === '-') {
    stdout.write(text)
    return EXIT.arrived
  }
  try {
    await writeFile(file, text)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error'
    return usageError(
      stderr,
      `--output: "${file}" cannot be written (${code}); give a file in a folder that you may write to`,
    )
  }
  const counts = `${state.containers.length} containers, ${state.networks.length} networks`
  stderr.write(
    `${printProblem(`wrote ${file}: ${state.hostname}, ${counts}, ${state.namespaces.length} namespaces`)}\n`,
  )
  return EXIT.arrived
}
