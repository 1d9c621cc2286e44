/**
 * A process that reads a host, says so and then waits to be killed: what a crash of Hopwire leaves behind is tested with
 * it. Usage: tsx hold-docker-source.ts DOCKER_HOST
 */
import { createDockerSource } from '../../src/backend/sources/docker-source.ts'

const [dockerHost = ''] = process.argv.slice(2)
const source = createDockerSource({ dockerHost, probe: 'required' })

void source.load().then((outcome) => {
  process.stdout.write(outcome.ok ? 'ready\n' : `${outcome.failure.message}\n`)
  setInterval(() => undefined, 60_000)
})
