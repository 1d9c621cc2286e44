/** What a resolver file says (resolv.conf(5)): name servers in order, search domains, and `ndots` (1 by default). */
export interface ResolvConf {
  readonly nameservers: readonly string[]
  readonly search: readonly string[]
  readonly ndots: number
}

/** Parses a resolv.conf. Lines that it does not know are ignored, as the resolver itself does; the last `search` wins. */
export function parseResolvConf(text: string): ResolvConf {
  const lines = text.split('\n').map((line) =>
    line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/),
  )
  const search =
    lines
      .filter(([word]) => word === 'search' || word === 'domain')
      .at(-1)
      ?.slice(1) ?? []
  const options = lines.filter(([word]) => word === 'options').flatMap((words) => words.slice(1))
  const ndots = options.flatMap((option) => /^ndots:(\d+)$/.exec(option)?.[1] ?? []).at(-1)
  return {
    nameservers: lines.flatMap(([word, address]) => (word === 'nameserver' && address !== undefined ? [address] : [])),
    search,
    ndots: ndots === undefined ? 1 : Number(ndots),
  }
}
