import type { Shape } from '../host/shape.ts'

/**
 * Returns the first thing in a parsed value that its type does not allow (`destination: a prefix expected, ...`), or null. The
 * engine trusts what parsers give: text where a tool never prints it (half an address) must end here, as a problem.
 */
export function findMisfit(value: unknown, shape: Shape): string | null {
  let first: string | null = null
  shape(value, '', (path, message) => {
    first ??= `${path.replace(/^\./, '')}: ${message}`
  })
  return first
}
