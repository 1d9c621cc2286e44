import { type ChangeEvent, type ReactNode, useRef } from 'react'

/** Opens the system's file picker for a capture. */
export function ImportButton({ onFile }: { readonly onFile: (file: File) => void }): ReactNode {
  const input = useRef<HTMLInputElement>(null)
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0]
    // The same file can be chosen again.
    event.target.value = ''
    if (file !== undefined) onFile(file)
  }
  return (
    <div className="import">
      <button type="button" className="quiet small" onClick={() => input.current?.click()}>
        Import a capture…
      </button>
      <small>pcapng of any program; it can be dropped on the window, too.</small>
      <input ref={input} type="file" accept=".pcapng,.pcap,.cap" aria-label="Capture file" hidden onChange={take} />
    </div>
  )
}
