import type { Container } from '../../../../src/core/host/container.ts'
import type { HostState } from '../../../../src/core/host/host-state.ts'
import { hostLines } from '../compare/normalize-host.ts'

/**
 * Returns what edits decide of a host, as lines. Left out or without a name of its own is:
 * - sysctls, but for those that differ from device to device: the others are the same for every device, and are compared
 *   where a host is built at once (test/live/synth.test.ts);
 * - the ids of what is gone, which nothing is left to name, and the id of a network in which a container was put while it
 *   did not run: 20.10 does not tell it, later ones do;
 * - the ports that a stopped container asks for, which an edit does not change: compared in the same place;
 * - the resolver's ports in a namespace whose container has stopped: they are drawn, and no socket shows them.
 */
export function editLines(state: HostState): readonly string[] {
  const containers = state.containers.map((one) =>
    one.pid === 0 ? withoutAsked({ ...one, endpoints: one.endpoints.map((each) => ({ ...each, network: '' })) }) : one,
  )
  return hostLines({ ...state, containers })
    .filter((line) => !isLeftOut(line))
    .map((line) =>
      line
        .replaceAll(/\b[0-9a-f]{64}\b/g, '<gone>')
        .replaceAll(/"hostname":"[0-9a-f]{12}"/g, '"hostname":"<gone>"')
        .replace(/(127\.0\.0\.11:|127\.0\.0\.11\/32 .*--sport )\d+/, '$1<port>'),
    )
}

function withoutAsked({ asked: _asked, ...container }: Container): Container {
  return container
}

function isLeftOut(line: string): boolean {
  const [, setting = ''] = / sysctl (.+)=[^=]*$/.exec(line) ?? []
  return setting !== '' && !/^ipv6\/conf\/.+\/(disable_ipv6|forwarding)$/.test(setting)
}
