/** A fenced block that is not shown as it is: checks and hints. */
export interface Block {
  readonly text: string
  /** Of its first line of text, counted from one. */
  readonly line: number
}

/** A `##` section of a page, or what stands before the first one (its title is empty). */
export interface Section {
  readonly title: string
  readonly line: number
  readonly body: string
  readonly checks: readonly Block[]
  readonly hints: readonly Block[]
}

/** Splits a page's Markdown at its `##` headings; `firstLine` is the number of its first line. */
export function readSections(text: string, firstLine: number): readonly Section[] {
  const sections: Draft[] = [newDraft('', firstLine)]
  let fence: { readonly info: string; readonly lines: string[]; readonly line: number } | null = null
  text.split('\n').forEach((line, index) => {
    const current = sections.at(-1) as Draft
    const number = firstLine + index
    if (fence !== null && line.trim() === '```') {
      close(current, fence)
      fence = null
    } else if (fence !== null) fence.lines.push(line)
    else if (line.startsWith('```')) fence = { info: line.slice(3).trim(), lines: [], line: number + 1 }
    else if (line.startsWith('## ')) sections.push(newDraft(line.slice(3).trim(), number))
    else current.body.push(line)
  })
  if (fence !== null) close(sections.at(-1) as Draft, fence)
  return sections.map(({ body, ...rest }) => ({ ...rest, body: body.join('\n').trim() }))
}

interface Draft {
  readonly title: string
  readonly line: number
  readonly body: string[]
  readonly checks: Block[]
  readonly hints: Block[]
}

function newDraft(title: string, line: number): Draft {
  return { title, line, body: [], checks: [], hints: [] }
}

function close(
  draft: Draft,
  fence: { readonly info: string; readonly lines: readonly string[]; readonly line: number },
) {
  const block = { text: fence.lines.join('\n'), line: fence.line }
  if (fence.info === 'check') draft.checks.push(block)
  else if (fence.info === 'hint') draft.hints.push(block)
  else draft.body.push(`\`\`\`${fence.info}`, ...fence.lines, '```')
}
