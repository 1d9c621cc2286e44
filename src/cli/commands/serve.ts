import type { CommandContext } from './command-context.ts'
export async function serve(_context: CommandContext): Promise<number> {
  throw new Error('not there yet')
}
