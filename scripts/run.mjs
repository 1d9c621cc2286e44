import { spawn } from 'node:child_process'

/** Runs Node on a script to its end, with this terminal, and gives its exit status. */
export function runNode(args, root, stdio = 'inherit') {
  return run(process.execPath, args, root, stdio)
}

/** Runs a command to its end and gives its exit status. Ctrl-C reaches it by the terminal, so this process waits for it. */
export function run(command, args, root, stdio = 'inherit') {
  const child = spawn(command, args, { cwd: root, stdio })
  const pass = (signal) => child.kill(signal)
  const wait = () => {}
  process.on('SIGTERM', pass)
  process.on('SIGINT', wait)
  return new Promise((resolve) => {
    const finish = (status) => {
      process.off('SIGTERM', pass)
      process.off('SIGINT', wait)
      resolve(status)
    }
    child.on('error', () => finish(127))
    child.on('exit', (code, signal) => finish(code ?? (signal === 'SIGINT' ? 130 : 143)))
  })
}
