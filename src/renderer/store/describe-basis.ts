import type { HostState } from '../../core/host/host-state.ts'

/**
 * Returns everything of a host that decides where packets go and stays by itself, as one text to compare: devices, routes,
 * rules, listening TCP sockets, containers, networks. What changes with every packet (connections, neighbours, learned
 * addresses) is left out: by that alone a trace is not out of date.
 */
export function describeBasis(state: HostState): string {
  const namespaces = state.namespaces.map(({ id, interfaces, routes, policyRules, rulesets, sockets, sysctls }) => [
    id,
    interfaces,
    routes,
    policyRules,
    rulesets,
    sockets?.filter((socket) => socket.protocol === 'tcp') ?? null,
    sysctls,
  ])
  return JSON.stringify([namespaces, state.containers, state.networks])
}
