/** Lists what a live trace could leave behind on a host of the lab. */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
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
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
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

async function listTables(engine: Engine): Promise<readonly string[]> {
  const netns = new Map<string, string>()
  const place = readlinkSync(`/proc/${engine.pid}/ns/pid`)
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      if (readlinkSync(`/proc/${name}/ns/pid`) === place) netns.set(readlinkSync(`/proc/${name}/ns/net`), name)
      else if (isContainerOf(name, engine.pid)) netns.set(readlinkSync(`/proc/${name}/ns/net`), name)
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

/** Containers have pid namespaces of their own, below the host's: their first process descends from the host's first. */
function isContainerOf(pid: string, host: number): boolean {
  for (let parent = Number(pid); parent > 1; ) {
    if (parent === host) return true
    parent = parentOf(String(parent))
  }
  return false
}

/** tracefs is one for the whole machine; the name of an instance says whose pid namespace it was made in. */
export async function listInstances(engine: Engine): Promise<readonly string[]> {
  const script = 'mount -t tracefs tracefs /sys/kernel/tracing && ls /sys/kernel/tracing/instances'
  const all = await run(['unshare', '--mount', 'sh', '-c', script])
  const place = statSync(`/proc/${engine.pid}/ns/pid`, { bigint: false }).ino
  return all
    .split('\n')
    .filter((name) => name.startsWith(`hopwire.${place}.`))
    .map((name) => `tracefs instance ${name}`)
}

async function listHelpers(engine: Engine): Promise<readonly string[]> {
  const names = await engine
    .docker(['ps', '-a', '--filter', 'label=io.hopwire.probe', '--format', '{{.Names}}'])
    .catch(() => '')
  return names.split('\n').filter(Boolean)
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
