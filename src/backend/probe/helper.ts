/**
 * The privileged helper container: how it is made, kept alive, and always removed.
 */
import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { probeLabel } from '../../core/parse/docker-containers.ts'
import { HELPER_CAPABILITIES } from '../../protocol/helper-terms.ts'
import type { Engine } from '../docker/engine.ts'
import { statusOf } from '../docker/engine-error.ts'
import { isGone, parseOwner, thisOwner } from './owner.ts'

/** A running helper. */
export interface Helper {
  readonly id: string
  /** Ends and removes it. May be called twice. */
  close(): Promise<void>
}

/** What a helper needs of an engine. */
type Starting = Pick<Engine, 'startContainer' | 'remove' | 'untilEnded'>

const leaseSeconds = 45
const renewEveryMs = 15_000

/**
 * The helper's first process. It ends when its standard input does, which the engine closes as soon as this process dies
 * (StdinOnce), and when the lease has not been renewed in time, should the connection hang half-open. AutoRemove then
 * takes the container away. The engine kills what else runs in it: a watch (watch-probe.pl), which has seen the end as
 * well, is left its time to put back what outlives processes, 25 s where much else is to be done; its mark in /tmp says that
 * it has something.
 */
const waitForOwner = `while read -r -t ${leaseSeconds} _; do :; done
left=250
while [ "$(echo /tmp/live.*)" != '/tmp/live.*' ] && [ $left -gt 0 ]; do sleep 0.1; left=$((left - 1)); done`

/** Milliseconds until an engine that has failed is asked again. */
const restMs = 1000

/**
 * Starts a helper; tries once more when the engine itself fails (5xx), as one does now and then that starts many containers at
 * once, or whose containerd has just been started anew. Rejects with the engine's error when it refuses, or fails again.
 */
export async function startHelper(engine: Starting, image: string, rest = restMs): Promise<Helper> {
  try {
    return await makeHelper(engine, image)
  } catch (error) {
    if ((statusOf(error) ?? 0) < 500) throw error
    await pause(rest)
    return makeHelper(engine, image)
  }
}

async function makeHelper(engine: Starting, image: string): Promise<Helper> {
  const session = randomBytes(6).toString('hex')
  const { id, stdin } = await engine.startContainer(`hopwire-probe-${session}`, {
    Image: image,
    Cmd: ['/bin/sh', '-c', waitForOwner],
    Labels: { [probeLabel]: JSON.stringify(thisOwner(session)) },
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    HostConfig: {
      NetworkMode: 'host',
      PidMode: 'host',
      // With user namespaces remapped the host's namespaces are out of reach otherwise.
      UsernsMode: 'host',
      CapDrop: ['ALL'],
      // `--privileged` would ask for more than a host may have: runc 1.1 then refuses to start at all.
      CapAdd: HELPER_CAPABILITIES.map(({ name }) => name),
      // Docker's AppArmor profile forbids ptrace of other profiles, its seccomp filter setns on older engines.
      SecurityOpt: ['apparmor=unconfined', 'seccomp=unconfined', 'label=disable'],
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,nosuid,nodev,size=64m,mode=1777' },
      AutoRemove: true,
      RestartPolicy: { Name: '' },
      LogConfig: { Type: 'none', Config: {} },
    },
  })
  return keepAlive(engine, id, stdin)
}

function keepAlive(engine: Pick<Engine, 'remove' | 'untilEnded'>, id: string, stdin: Duplex): Helper {
  // A lost connection shows in the next call to the engine; here it must only not be an unhandled error.
  stdin.on('error', () => undefined)
  const timer = setInterval(() => stdin.write('\n'), renewEveryMs)
  timer.unref()
  // Neither the timer nor the connection keeps a command alive that has done its work.
  ;(stdin as Duplex & { unref?: () => void }).unref?.()
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    clearInterval(timer)
    stdin.destroy()
    await endByItself(engine, id)
    await engine.remove(id)
  }
  return { id, close: () => (closing ??= close()) }
}

/** Milliseconds that a helper gets to end by itself. */
const graceMs = 5000

/** A helper whose input has ended does so at once, unless a watch that was killed still has something to put back. */
async function endByItself(engine: Pick<Engine, 'untilEnded'>, id: string): Promise<void> {
  const over = new AbortController()
  const late = pause(graceMs, undefined, { signal: over.signal }).catch(() => undefined)
  const ended = engine.untilEnded(id, over.signal).catch(() => undefined)
  await Promise.race([ended, late]).finally(() => over.abort())
}

/**
 * Removes the helpers whose owner has crashed, and those that ended but were not taken away. One of another Hopwire that
 * lives is never touched; one whose owner is on another machine ends by itself when its lease does. Returns the names.
 */
export async function sweepHelpers(engine: Engine): Promise<readonly string[]> {
  const listed = await engine.listByLabel(probeLabel)
  const dead = listed.filter(({ labels, running }) => {
    const owner = parseOwner(labels[probeLabel])
    return owner === null ? !running : isGone(owner)
  })
  await Promise.all(dead.map(({ id }) => engine.remove(id)))
  return dead.map(({ name }) => name)
}
