import { isMap, isSeq, LineCounter, parseDocument } from 'yaml'
import type { PageProblem } from './lab-page.ts'
import type { Block } from './read-sections.ts'

/** One entry of a list, or the whole of a mapping, and the line where it begins. */
export interface YamlEntry {
  readonly value: Readonly<Record<string, unknown>>
  readonly line: number
}

/** Reads a block as one mapping (`front matter`) or as a list of mappings (checks). Problems carry the page's lines. */
export function readYamlBlock({ text, line }: Block, problems: PageProblem[]): readonly YamlEntry[] {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false })
  const lineOf = (offset: number): number => line + lineCounter.linePos(offset).line - 1
  for (const { message, pos } of document.errors) problems.push({ message, line: lineOf(pos[0]) })
  if (document.errors.length > 0) return []
  const nodes = isSeq(document.contents) ? document.contents.items : [document.contents]
  return nodes.flatMap((node) => {
    const at = lineOf((node as { readonly range?: readonly number[] } | null)?.range?.[0] ?? 0)
    if (isMap(node)) return [{ value: node.toJS(document) as Readonly<Record<string, unknown>>, line: at }]
    problems.push({ message: 'a mapping (key: value) is expected here', line: at })
    return []
  })
}
