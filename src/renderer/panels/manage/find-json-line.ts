/**
 * Returns the line, counted from 0, on which a path (`HostConfig.NetworkMode`, `NetworkSettings.Networks.my-net`,
 * `IPAM.Config[0].Subnet`, `Ports["80/tcp"]`) stands in indented JSON; that of the closest part above it where it is not there, null for none.
 */
export function findJsonLine(raw: string, path: string): number | null {
  const lines = raw.split('\n')
  const wanted = path.replace(/\["([^"]*)"\]/g, '.$1')
  const stack: { readonly indent: number; readonly path: string; items: number }[] = []
  let best: { readonly line: number; readonly length: number } | null = null
  for (const [line, text] of lines.entries()) {
    const indent = text.length - text.trimStart().length
    while ((stack.at(-1)?.indent ?? -1) >= indent && stack.length > 0) stack.pop()
    const own = pathOf(text.trim(), stack.at(-1))
    if (own === null) continue
    if (/[[{]$/.test(text)) stack.push({ indent, path: own, items: 0 })
    const fits = own !== '' && (wanted === own || (wanted.startsWith(own) && /^[.[]/.test(wanted.slice(own.length))))
    if (fits && own.length > (best?.length ?? 0)) best = { line, length: own.length }
  }
  return best?.line ?? null
}

/** The path of what begins on a line; null for a line that only closes. */
function pathOf(text: string, parent: { readonly path: string; items: number } | undefined): string | null {
  if (/^[\]}],?$/.test(text)) return null
  if (parent === undefined) return ''
  const key = /^"((?:[^"\\]|\\.)*)":/.exec(text)?.[1]
  if (key !== undefined) return parent.path === '' ? key : `${parent.path}.${key}`
  return `${parent.path}[${parent.items++}]`
}
