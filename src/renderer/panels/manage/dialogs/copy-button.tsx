import { type ReactNode, useEffect, useState } from 'react'

/** Puts a text on the clipboard, and says for a moment that it is there. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  const [state, setState] = useState<'ready' | 'copied' | 'refused'>('ready')
  useEffect(() => {
    if (state === 'ready') return undefined
    const timer = setTimeout(() => setState('ready'), 1600)
    return () => clearTimeout(timer)
  }, [state])
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('refused'),
    )
  }
  return (
    <button type="button" className="link copy" aria-label={label} onClick={copy}>
      <span aria-live="polite">{state === 'ready' ? 'Copy' : state === 'copied' ? 'Copied' : 'Not allowed'}</span>
    </button>
  )
}
