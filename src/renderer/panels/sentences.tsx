import type { ReactNode } from 'react'

interface SentencesProps {
  readonly title: string
  readonly sentences: readonly string[]
}

/** A list of sentences under a heading; nothing where there are none. */
export function Sentences({ title, sentences }: SentencesProps): ReactNode {
  if (sentences.length === 0) return null
  return (
    <>
      <h2 className="heading">{title}</h2>
      <ul className="lines">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </>
  )
}
