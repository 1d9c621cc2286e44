/** Runs every measurement and prints it. */
import { benchReadHost } from './read-host.ts'

async function main(): Promise<void> {
  await benchReadHost('20')
  await benchReadHost('28')
}

main().catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
