import { Fragment, type ReactNode } from 'react'

/**
 * Text that wraps between its words only: browsers break a line after a hyphen, and `-` at the end of one line with `o
 * docker0` on the next is no longer the rule that one knows. Its plain text stays the same, for copying and searching.
 */
export function WholeWords({ text }: { readonly text: string }): ReactNode {
  return text.split(' ').map((word, index) => (
    // The words of one text never move, so their places are their identity.
    // oxlint-disable-next-line react/no-array-index-key
    <Fragment key={index}>
      {index > 0 && ' '}
      {word.includes('-') ? <span className="word">{word}</span> : word}
    </Fragment>
  ))
}
