import type { Service } from '../protocol/service.ts'

/** A backend that is on its way. */
export interface StartedBackend {
  /** Rejects, in one sentence, when the command line makes no sense. */
  readonly service: Promise<Service>
  /** Ends the backend, and with it what it put into the engine. Resolves in the end whatever happens. */
  close(): Promise<void>
}

/** The longest that the end of the app waits for an engine that no longer answers, in milliseconds. */
const LONGEST_CLOSING = 5000

/** Loads the backend, which the window must not wait for, and starts it with the words of the command line. */
export function startBackend(args: readonly string[]): StartedBackend {
  const opened = open(args)
  return {
    service: opened,
    close: () => Promise.race([opened.then((service) => service.close()).catch(() => {}), wait(LONGEST_CLOSING)]),
  }
}

async function open(args: readonly string[]) {
  const { openAppBackend } = await import('../backend/open-app-backend.ts')
  const { chooseHelper, chooseHost } = await import('./choose-host.ts')
  const choice = chooseHost(args)
  if (!choice.ok) throw new Error(choice.failure.message)
  const helper = chooseHelper(args, process.env)
  if (!helper.ok) throw new Error(helper.failure.message)
  const backend = await openAppBackend(choice.value, helper.value)
  if (!backend.ok) throw new Error([backend.failure.message, backend.failure.hint].filter(Boolean).join('; '))
  return backend.value
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref())
}
