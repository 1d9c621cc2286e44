import { type ReactNode, useId } from 'react'
import { byteWords } from '../../watch/format-counts.ts'
import { useBusy, useProblems } from './dialog-context.ts'

export interface ImportFieldProps {
  readonly file: File | null
  readonly onChange: (file: File | null) => void
}

/** The archive of an image, chosen from the disk. */
export function ImportField({ file, onChange }: ImportFieldProps): ReactNode {
  const id = useId()
  const problems = useProblems('file')
  const bad = problems.length > 0
  return (
    <div className="dialog-field">
      <label htmlFor={id}>Archive, as docker save writes it</label>
      <input
        id={id}
        name="file"
        type="file"
        accept=".tar,.tar.gz,.tgz,.gz"
        disabled={useBusy()}
        aria-invalid={bad}
        aria-describedby={`${id}-notes`}
        onChange={(event) => onChange(event.target.files?.[0] ?? null)}
      />
      <div id={`${id}-notes`}>
        {problems.map(({ message }) => (
          <p key={message} className="field-error" role="alert">
            {message}
          </p>
        ))}
        {!bad && (
          <p className="field-hint">
            {file === null
              ? 'A .tar or .tar.gz; nothing is fetched from anywhere.'
              : `${file.name}, ${byteWords(file.size)}`}
          </p>
        )}
      </div>
    </div>
  )
}
