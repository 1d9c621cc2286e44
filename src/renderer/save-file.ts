/** Gives the user a file, as the browser or Electron saves downloads. */
export function saveFile(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has begun by then; the address has to outlive the click alone.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
