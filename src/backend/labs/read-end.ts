/** One end of a flow without its port. A name in double braces may stand for the address. */
export function readEnd(text: string): { readonly to: string; readonly port: number | null } {
  const [, to, port] = /^(.*):(\d{1,5})$/.exec(text) ?? []
  if (to === undefined || port === undefined || (to.includes(':') && !to.startsWith('[') && !isExternal(to)))
    return { to: text, port: null }
  return { to, port: Number(port) }
}

/** `external:192.0.2.7`, or a name in braces with a network behind it. */
function isExternal(text: string): boolean {
  return /^(external:[^:]*|\{\{[^}]*\}\})$/.test(text)
}
