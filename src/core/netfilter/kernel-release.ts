/** Tells whether a kernel release (`6.1.0-18-amd64`) is that version or a later one; false where it is not known. */
export function isKernelFrom(release: string | null, major: number, minor: number): boolean {
  const [own = 0, sub = 0] = (/^(\d+)\.(\d+)/.exec(release ?? '') ?? []).slice(1).map(Number)
  return own > major || (own === major && sub >= minor)
}
