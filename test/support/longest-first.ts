import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes long: seconds beside six other files on two cores. Whatever is not listed comes afterwards. */
const SECONDS: Readonly<Record<string, number>> = {
  'test/live/ipv6-20.test.ts': 145,
  'test/live/ipv6-28.test.ts': 145,
  'test/live/live-trace.test.ts': 130,
  'test/scenarios/f-names-20.test.ts': 114,
  'test/live/manage-docker-20.test.ts': 100,
  'test/live/manage-docker-28.test.ts': 100,
  'test/scenarios/f-names-28.test.ts': 94,
  'test/scenarios/n-ipv6-and-odd-states.test.ts': 78,
  'test/live/watch-20.test.ts': 76,
  'test/live/watch-28.test.ts': 76,
  'test/live/read-host.test.ts': 75,
  'test/scenarios/a-one-bridge.test.ts': 73,
  'test/live/reach.test.ts': 65,
  'test/live/synth.test.ts': 63,
  'test/scenarios/g-other-drivers.test.ts': 60,
  'test/live/live-trace-left-20.test.ts': 55,
  'test/live/live-trace-left-28.test.ts': 55,
  'test/live/command-line.test.ts': 55,
  'test/live/predicted-observed.test.ts': 56,
  'test/live/engine-lost.test.ts': 55,
  'test/scenarios/g-macvlan-modes.test.ts': 52,
  'test/scenarios/c-outside.test.ts': 51,
  'test/live/conformance.test.ts': 45,
  'test/scenarios/d-published.test.ts': 43,
  'test/live/nftables.test.ts': 42,
  'test/live/synth-refusals.test.ts': 39,
  'test/live/labs-20.test.ts': 35,
  'test/live/labs-28.test.ts': 35,
  'test/cli/failures.test.ts': 10,
  'test/cli/trace.test.ts': 6,
  'test/project/import-zones.test.ts': 6,
}

/** Starts the files that take longest first, so that at the end no worker is busy alone. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files)
    return others.toSorted((one, other) => secondsOf(other) - secondsOf(one))
  }
}

function secondsOf({ moduleId }: TestSpecification): number {
  const path = Object.keys(SECONDS).find((name) => moduleId.endsWith(`/${name}`))
  return path === undefined ? 0 : (SECONDS[path] ?? 0)
}
