import { canonicalAddress } from '../net/address.ts'
import type { ComposeNode, Place } from './node.ts'
import type { NoteBook } from './notes.ts'
import { readEntries, readText, readTexts } from './read-node.ts'

/**
 * Returns `extra_hosts` as `NAME:ADDRESS`: a list (`name:address`, `name=address`, several addresses with commas) or a
 * mapping, addresses in brackets or without, `host-gateway` as it is (compose-go:types/hostList.go).
 */
export function readExtraHosts(node: ComposeNode | undefined, what: string, notes: NoteBook): readonly string[] {
  if (node?.kind === 'map')
    return readEntries(node, what, notes).flatMap(([name, { value }]) => {
      if (value.kind !== 'list')
        return one(name, readText(value, `${what}.${name}`, notes) ?? '', value.place, what, notes)
      return readTexts(value, `${what}.${name}`, notes).flatMap(({ text, place }) =>
        one(name, text, place, what, notes),
      )
    })
  return readTexts(node, what, notes).flatMap(({ text, place }) => {
    const separator = text.includes('=') ? '=' : ':'
    const at = text.indexOf(separator)
    if (at >= 0)
      return text
        .slice(at + 1)
        .split(',')
        .flatMap((address) => one(text.slice(0, at), address, place, what, notes))
    notes.problem(`${JSON.stringify(text)} in ${what} has no address: write name:address`, place)
    return []
  })
}

function one(name: string, text: string, place: Place, what: string, notes: NoteBook): readonly string[] {
  const bare = text.replace(/^\[(.+)\]$/, '$1')
  const address = bare === 'host-gateway' ? bare : canonicalAddress(bare)
  if (name === '' || /[:=]/.test(name)) notes.problem(`"${name}" in ${what} is no name of a host`, place)
  else if (address === null) notes.problem(`"${text}" in ${what} is neither an IP address nor host-gateway`, place)
  else return [`${name}:${address}`]
  return []
}
