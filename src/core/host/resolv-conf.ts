/** A server that dockerd's resolver passes questions on to; `fromHost`: asked from the host's own namespace (Docker 26+). */
export interface Upstream {
  readonly server: string
  readonly fromHost: boolean
}

/** What a resolver file says (resolv.conf(5)): name servers in order, search domains, and `ndots` (1 by default). */
export interface ResolvConf {
  readonly nameservers: readonly string[]
  readonly search: readonly string[]
  readonly ndots: number
  /** Docker's own note of the servers behind 127.0.0.11, `# ExtServers: [host(192.0.2.1) 192.0.2.2]`; null without one. */
  readonly extServers: readonly Upstream[] | null
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
    extServers: readExtServers(text),
  }
}

function readExtServers(text: string): readonly Upstream[] | null {
  const listed = /^# ExtServers:\s*\[([^\]]*)\]/m.exec(text)?.[1]
  if (listed === undefined) return null
  return listed
    .split(/[\s,]+/)
    .filter((each) => each !== '')
    .map((each) => {
      const inside = /^host\((.+)\)$/.exec(each)?.[1]
      return { server: inside ?? each, fromHost: inside !== undefined }
    })
}
