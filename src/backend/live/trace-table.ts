import { OWN_TABLE_PREFIX } from '../../core/parse/live/raw-observation.ts'

/**
 * Returns nft's commands, one a line, for the table that marks what matches for `nft monitor trace`. The table has an
 * owner: it is gone when the nft that made it ends, however it ends. Its chains look at packets before connection tracking
 * (-200) and let all of them pass.
 */
export function traceTable(id: string, matches: readonly string[]): string {
  const table = `inet ${OWN_TABLE_PREFIX}${id}`
  return [
    `add table ${table} { flags owner; }`,
    `add chain ${table} probe`,
    ...matches.map((match) => `add rule ${table} probe ${match} meta nftrace set 1`),
    `add chain ${table} arriving { type filter hook prerouting priority -350; }`,
    `add rule ${table} arriving jump probe`,
    `add chain ${table} leaving { type filter hook output priority -350; }`,
    `add rule ${table} leaving jump probe`,
  ].join('\n')
}
