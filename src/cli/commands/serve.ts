import { openAppBackend } from '../../backend/open-app-backend.ts'
import { loadRendererFiles } from '../../backend/renderer-files.ts'
import { openBrowser } from '../../backend/serve/open-browser.ts'
import { startServer } from '../../backend/serve/start-server.ts'
import { parseWhole } from '../args/parse-number.ts'
import { EXIT } from '../exit-status.ts'
import { fail, usageError, type CommandContext } from './command-context.ts'

/** `hopwire serve`: the app for a browser on this machine, until a signal ends it. */
export async function serve(context: CommandContext): Promise<number> {
  const { io, options, host, helper } = context
  if (options.positionals.length > 0) return usageError(io.stderr, `serve takes no "${options.positionals[0]}"`)
  const port = parseWhole('--port', options.values.port ?? '0', 0, 65535)
  if (!port.ok) return usageError(io.stderr, port.problem)
  const files = loadRendererFiles()
  if (!files.ok) return fail(io.stderr, files.failure)
  const opened = await openAppBackend(host, helper)
  if (!opened.ok) return fail(io.stderr, opened.failure)
  const service = opened.value
  try {
    const server = await startServer({ service, files: files.value, port: port.value })
    if (!server.ok) return fail(io.stderr, server.failure)
    announce(context, server.value.url)
    await untilAborted(io.signal)
    await server.value.close()
    return EXIT.arrived
  } finally {
    await service.close()
  }
}

/** The link is the only thing on standard output, so that a script can take it. */
function announce({ io, options }: CommandContext, url: string): void {
  io.stdout.write(`${url}\n`)
  const opened = !options.switches.has('no-open') && openBrowser(url)
  io.stderr.write(`hopwire: ${opened ? 'opened in your browser' : 'open this link in a browser'}; Ctrl-C ends it\n`)
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
