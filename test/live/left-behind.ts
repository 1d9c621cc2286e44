/** Lists what a live trace could leave behind on a host of the lab. */
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { apiGet } from '../lab/api.ts'
import type { Engine } from '../lab/index.ts'
import { run } from '../lab/run-command.ts'

/** Everything that is there, in words; empty when nothing is left. */
export async function listLeft(engine: Engine): Promise<readonly string[]> {
  const [tables, instances, helpers] = await Promise.all([
    listTables(engine),
    listInstances(engine),
    listHelpers(engine),
  ])
  return [...tables, ...listProcesses(engine).map(({ words }) => `process ${words}`), ...instances, ...helpers]
}

const WATCHING = /^\/usr\/(bin\/(perl|tcpdump)|sbin\/nft) /

/** A process of the host, as this machine counts. */
export interface HostProcess {
  readonly pid: number
  readonly words: string
}

/**
 * The programs of a live trace that run on the host, or others of it. The one that leads the others is first: it descends
 * from none of them (process ids begin anew, so that a child's may be the smaller one).
 */
export function listProcesses(engine: Engine, wanted = WATCHING): readonly HostProcess[] {
  const place = readlinkSync(`/proc/${engine.pid}/ns/pid`)
  const found = descendants(String(engine.pid))
    .toSorted((one, other) => Number(one) - Number(other))
    .flatMap((name) => {
      try {
        if (readlinkSync(`/proc/${name}/ns/pid`) !== place) return []
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').slice(0, 3).join(' ').slice(0, 80)
        return wanted.test(words) ? [{ pid: Number(name), parent: parentOf(name), words }] : []
      } catch {
        // It has ended meanwhile.
        return []
      }
    })
  const pids = new Set(found.map(({ pid }) => pid))
  return found.toSorted((one, other) => Number(pids.has(one.parent)) - Number(pids.has(other.parent)))
}

/** The process id of a process's parent. Throws when the process has ended. */
function parentOf(pid: string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

/**
 * All processes of the host and of its containers, itself included: orphans are given to the first of their namespace, or to
 * a container's shim. The machine's others, of which there are many, are not looked at.
 */
function descendants(pid: string): readonly string[] {
  return [pid, ...childrenOf(pid, 5).flatMap(descendants)]
}

/** A thread's children are another thread's when it has ended: then all is read again. */
function childrenOf(pid: string, tries: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
    )
  } catch {
    return tries > 0 && existsSync(`/proc/${pid}`) ? childrenOf(pid, tries - 1) : []
  }
}

async function listTables(engine: Engine): Promise<readonly string[]> {
  const netns = new Map<string, string>()
  for (const name of descendants(String(engine.pid))) {
    try {
      netns.set(readlinkSync(`/proc/${name}/ns/net`), name)
    } catch {
      // It has ended meanwhile.
    }
  }
  const lists = await Promise.all(
    [...netns].map(async ([where, pid]) => {
      const tables = await run(['nsenter', `--net=/proc/${pid}/ns/net`, 'nft', 'list', 'tables']).catch(() => '')
      return tables.split('\n').flatMap((table) => (table.includes('hopwire') ? [`${table} in ${where}`] : []))
    }),
  )
  return lists.flat()
}

/** tracefs is one for the whole machine; the name of an instance says whose pid namespace it was made in. */
export async function listInstances(engine: Engine): Promise<readonly string[]> {
  // Where it usually is it may be mounted already, and is not mounted twice.
  const script = 'mount -t tracefs tracefs /mnt && ls /mnt/instances'
  const all = await run(['unshare', '--mount', 'sh', '-c', script])
  const place = statSync(`/proc/${engine.pid}/ns/pid`, { bigint: false }).ino
  return all
    .split('\n')
    .filter((name) => name.startsWith(`hopwire.${place}.`))
    .map((name) => `tracefs instance ${name}`)
}

async function listHelpers(engine: Engine): Promise<readonly string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: ['io.hopwire.probe'] }))
  // An engine that is away lists nothing.
  const listed = await apiGet(engine.socket, `/containers/json?all=1&filters=${filters}`).catch(() => [])
  return (listed as readonly { readonly Names: readonly string[] }[]).flatMap(({ Names }) => Names)
}

/** What the host's rules are, without their counters. */
export async function readRules(engine: Engine): Promise<string> {
  const saves = await engine.onHost(['iptables-save'])
  const listing = await engine.nsenter(['nft', '-s', 'list', 'ruleset'])
  return [saves, listing]
    .join('\n')
    .replace(/^#.*$/gm, '')
    .replace(/\[\d+:\d+\]/g, '')
}
