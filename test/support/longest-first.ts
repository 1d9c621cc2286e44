import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes long: seconds beside six other files on two cores. */
const SECONDS: Readonly<Record<string, number>> = {
  'test/scenarios/f-names-20.test.ts': 176,
  'test/live/labs-28.test.ts': 176,
  'test/live/ipv6-28.test.ts': 155,
  'test/scenarios/f-names-28.test.ts': 155,
  'test/live/ipv6-20.test.ts': 154,
  'test/live/watch-28.test.ts': 153,
  'test/live/watch-20.test.ts': 151,
  'test/live/manage-docker-28.test.ts': 148,
  'test/live/manage-docker-20.test.ts': 142,
  'test/live/live-trace.test.ts': 136,
  'test/scenarios/n-ipv6-and-odd-states.test.ts': 114,
  'test/scenarios/a-one-bridge.test.ts': 104,
  'test/live/live-trace-left-20.test.ts': 96,
  'test/live/synth-refusals.test.ts': 96,
  'test/live/live-trace-left-28.test.ts': 96,
  'test/scenarios/g-macvlan-modes.test.ts': 95,
  'test/live/follow-events.test.ts': 95,
  'test/live/read-host.test.ts': 92,
  'test/live/command-line.test.ts': 91,
  'test/live/reach.test.ts': 90,
  'test/live/synth.test.ts': 90,
  'test/live/engine-lost.test.ts': 86,
  'test/live/simulated-shell.test.ts': 76,
  'test/scenarios/c-inwards.test.ts': 69,
  'test/live/labs-20.test.ts': 64,
  'test/live/predicted-observed.test.ts': 61,
  'test/scenarios/c-outside.test.ts': 61,
  'test/scenarios/g-other-drivers.test.ts': 60,
  'test/live/nftables.test.ts': 59,
  'test/scenarios/i-firewalls-and-order.test.ts': 57,
  'test/live/console.test.ts': 53,
  'test/scenarios/d-published.test.ts': 51,
  'test/live/matches.test.ts': 51,
  'test/scenarios/b-bridge-to-bridge.test.ts': 49,
  'test/live/conformance.test.ts': 46,
  'test/lab/lab.test.ts': 46,
  'test/scenarios/e-internal-and-modes.test.ts': 41,
  'test/scenarios/h-swarm.test.ts': 39,
  'test/scenarios/docker29.test.ts': 34,
  'test/scenarios/proxy-off.test.ts': 29,
  'test/live/targets.test.ts': 20,
  'test/cli/failures.test.ts': 10,
  'test/cli/trace.test.ts': 6,
  'test/project/import-zones.test.ts': 6,
}

/** A live file that is not listed must not be what runs alone at the end. */
const UNKNOWN_LIVE = 100

/** Starts the files that take longest first, so that at the end no worker is busy alone. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files)
    return others.toSorted((one, other) => secondsOf(other) - secondsOf(one))
  }
}

function secondsOf({ moduleId }: TestSpecification): number {
  const path = Object.keys(SECONDS).find((name) => moduleId.endsWith(`/${name}`))
  if (path !== undefined) return SECONDS[path] ?? 0
  return /\/test\/(live|scenarios|lab)\//.test(moduleId) ? UNKNOWN_LIVE : 0
}
