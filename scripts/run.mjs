import { spawn } from 'node:child_process'

/** Runs Node on a script to its end, with this terminal, and gives its exit status. */
export function runNode(args, root, stdio = 'inherit') {
  return run(process.execPath, args, root, stdio)
}

/**
 * Runs a command to its end and gives its exit status. Ctrl-C in a terminal reaches the command by itself, and a second one
 * would mean "at once"; without a terminal the signal is passed on.
 */
export function run(command, args, root, stdio = 'inherit') {
  const child = spawn(command, args, { cwd: root, stdio })
  const pass = (signal) => child.kill(signal)
  const interrupt = () => {
    if (!process.stdin.isTTY) child.kill('SIGINT')
  }
  process.on('SIGTERM', pass)
  process.on('SIGINT', interrupt)
  return new Promise((resolve) => {
    const finish = (status) => {
      process.off('SIGTERM', pass)
      process.off('SIGINT', interrupt)
      resolve(status)
    }
    child.on('error', () => finish(127))
    child.on('exit', (code, signal) => finish(code ?? (signal === 'SIGINT' ? 130 : 143)))
  })
}
