import type { Scene } from '../scene/scene.ts'
import type { PlannedDaemon } from './plan.ts'

/**
 * Returns the daemon's options with the defaults of its generation: `ip6tables` is on since 27, and 20.10 knows it only
 * among the experimental features (moby:cmd/dockerd/config_unix.go).
 */
export function planDaemon({ engine }: Scene): PlannedDaemon {
  const options = engine.options ?? {}
  const old = engine.generation === 20
  const ip6tables = options.ip6tables ?? !old
  return {
    userlandProxy: options['userland-proxy'] ?? true,
    icc: options.icc ?? true,
    iptables: options.iptables ?? true,
    ip6tables: ip6tables && (!old || options.experimental === true) && (options.iptables ?? true),
    ipForward: options['ip-forward'] ?? true,
    forwardDrop: !(options['ip-forward-no-drop'] ?? false),
    masquerade: (options['ip-masq'] ?? true) && (options.iptables ?? true),
    ipv6: options.ipv6 ?? false,
    mtu: options.mtu ?? 1500,
    bindTo: options.ip === undefined || options.ip === '0.0.0.0' ? null : options.ip,
    directRouting: options['allow-direct-routing'] ?? false,
  }
}
