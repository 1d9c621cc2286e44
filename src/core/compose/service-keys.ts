import type { MapEntry } from './node.ts'
import type { NoteBook } from './notes.ts'

/** Keys of a service that the scene takes in (compose-go:schema/compose-spec.json). */
const CARRIED: ReadonlySet<string> = new Set([
  'container_name',
  'depends_on',
  'deploy',
  'dns',
  'dns_search',
  'expose',
  'external_links',
  'extra_hosts',
  'hostname',
  'image',
  'labels',
  'links',
  'mac_address',
  'network_mode',
  'networks',
  'ports',
  'profiles',
  'scale',
])

/** Keys that bear on networking and that a scene cannot say; each with what follows from that. */
const BEARING: Readonly<Record<string, string>> = {
  dns_opt: 'resolver options are not simulated',
  domainname: 'the domain name is not simulated',
  provider: 'what a provider sets up is not known: no container stands for it',
}

/** Keys that change nothing of the way that a packet takes. */
const IRRELEVANT: ReadonlySet<string> = new Set(
  `annotations attach build blkio_config cap_drop cgroup cgroup_parent command configs cpu_count cpu_percent cpu_shares
  cpu_quota cpu_period cpu_rt_period cpu_rt_runtime cpus cpuset credential_spec develop device_cgroup_rules devices
  entrypoint env_file environment gpus group_add healthcheck init ipc isolation label_file logging mem_limit
  mem_reservation mem_swappiness memswap_limit models oom_kill_disable oom_score_adj pid pids_limit platform post_start
  pre_start pre_stop pull_policy pull_refresh_after read_only restart runtime security_opt shm_size secrets stdin_open
  stop_grace_period stop_signal storage_opt tmpfs tty ulimits use_api_socket user uts userns_mode volumes volumes_from
  working_dir`.split(/\s+/),
)

/** Keys that matter with some of their values only; `cap_add`, `privileged` and `sysctls`. */
const MAYBE: ReadonlySet<string> = new Set(['cap_add', 'privileged', 'sysctls'])

/** Says of every key of a service what becomes of it; one that compose does not know is a problem. */
export function noteServiceKeys(
  service: string,
  entries: readonly (readonly [string, MapEntry])[],
  notes: NoteBook,
): void {
  for (const [key, entry] of entries) {
    const what = `services.${service}.${key}`
    const bearing = Object.hasOwn(BEARING, key) ? BEARING[key] : undefined
    if (bearing !== undefined) notes.warn(`${what} is not carried over: ${bearing}`, entry.place)
    else if (MAYBE.has(key)) noteMaybe(what, key, entry, notes)
    else if (IRRELEVANT.has(key)) notes.leaveOut(what, entry.place)
    else if (!CARRIED.has(key) && !key.startsWith('x-'))
      notes.problem(`compose does not know "${key}" in services.${service}`, entry.place)
  }
}

function noteMaybe(what: string, key: string, { place, value }: MapEntry, notes: NoteBook): void {
  const text = JSON.stringify(
    value.kind === 'map' ? [...value.entries.keys()] : value.kind === 'list' ? value.items : value.value,
  )
  if (key === 'sysctls' && text.includes('net.'))
    notes.warn(`${what} is not carried over: the kernel's own settings are simulated`, place)
  else if (key === 'cap_add' && /\b(ALL|(CAP_)?NET_ADMIN)\b/i.test(text))
    notes.warn(`${what} lets its programs change addresses, routes and rules of the container: none are assumed`, place)
  else if (key === 'privileged' && /true/i.test(text))
    notes.warn(`${what} lets its programs change addresses, routes and rules: none are assumed`, place)
  else notes.leaveOut(what, place)
}
