/** Names of a network's options (moby:libnetwork/drivers/bridge/labels.go, libnetwork/netlabel). */
export const OPTION = {
  name: 'com.docker.network.bridge.name',
  icc: 'com.docker.network.bridge.enable_icc',
  masquerade: 'com.docker.network.bridge.enable_ip_masquerade',
  bindTo: 'com.docker.network.bridge.host_binding_ipv4',
  mode4: 'com.docker.network.bridge.gateway_mode_ipv4',
  mode6: 'com.docker.network.bridge.gateway_mode_ipv6',
  trusted: 'com.docker.network.bridge.trusted_host_interfaces',
  inhibit4: 'com.docker.network.bridge.inhibit_ipv4',
  prefix: 'com.docker.network.container_iface_prefix',
  mtu: 'com.docker.network.driver.mtu',
  leaveAs4: 'com.docker.network.host_ipv4',
  leaveAs6: 'com.docker.network.host_ipv6',
} as const
