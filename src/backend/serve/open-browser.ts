import { spawn } from 'node:child_process'

/** Returns the command that opens a link here, or null where there is no display to open it on. */
export function chooseOpener(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): readonly [command: string, ...before: string[]] | null {
  switch (platform) {
    case 'darwin':
      return ['open']
    case 'win32':
      // Not `cmd /c start`: its shell would read the & of a link.
      return ['rundll32', 'url.dll,FileProtocolHandler']
    default:
      return environment.DISPLAY || environment.WAYLAND_DISPLAY ? ['xdg-open'] : null
  }
}

/** Opens a link in the user's browser if it can, and tells whether it tried. A browser that does not start is no error. */
export function openBrowser(url: string): boolean {
  const opener = chooseOpener(process.platform, process.env)
  if (opener === null) return false
  const [command, ...before] = opener
  const child = spawn(command, [...before, url], { detached: true, stdio: 'ignore' })
  child.on('error', () => {})
  child.unref()
  return true
}
