/** Opens a terminal in a container (arguments: the engine's socket, the container), types a line, and never ends by itself. */
import { connectEngine } from '../../src/backend/docker/engine.ts'
import { openDockerTerminal } from '../../src/backend/manage/console/docker-terminal.ts'

const [path = '', container = '', line = ''] = process.argv.slice(2)
const connected = await connectEngine({ kind: 'socket', path, label: path })
if (!connected.ok) throw new Error(connected.failure.message)
const opened = await openDockerTerminal(
  connected.value,
  container,
  [],
  { columns: 80, rows: 24 },
  { onOutput: () => undefined, onExit: () => undefined },
)
if (!opened.ok) throw new Error(opened.failure.message)
opened.value.write(`${line}\r`)
setInterval(() => undefined, 1000)
