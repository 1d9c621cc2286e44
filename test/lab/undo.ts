/**
 * Removes what a world made. Everything here is named by its own id or by a name that only the lab gives.
 */
import { existsSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, killNow, type ProcessIdentity } from './process-identity.ts'
import type { LedgerRecord } from './ledger.ts'
import { keepNotice } from './once-more.ts'
import { runNow } from './run-command.ts'

const cgroupRoot = '/sys/fs/cgroup'

/**
 * Ends the processes, then removes namespaces, control groups and folders. Killing the process that holds an engine's
 * pid namespace makes the kernel end all within: dockerd, containerd, its shims and the containers.
 */
export function undo(record: Omit<LedgerRecord, 'owner'>): void {
  for (const name of record.cgroups) thaw(name)
  for (const identity of record.processes) killNow(identity)
  waitUntilGone(record.processes)
  for (const name of record.netns) {
    if (existsSync(`/run/netns/${name}`)) runNow(['ip', 'netns', 'del', name])
  }
  for (const name of record.cgroups) removeCgroup(name)
  for (const path of record.directories) removeFolder(path)
}

/**
 * A process that is being killed may still write into it. What stays all the same is named after this run, and swept by a later
 * one: no test fails for it.
 */
function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  } catch (error) {
    keepNotice(`${path} is left behind: ${String(error)}`)
  }
}

/** A container that was paused does not die before it is let go on, and holds its namespaces and control groups until then. */
function thaw(name: string): void {
  for (const folder of cgroupFolders().map((each) => join(each, name))) thawBelow(folder)
}

function thawBelow(path: string): void {
  for (const [file, word] of [
    ['freezer.state', 'THAWED'],
    ['cgroup.freeze', '0'],
  ] as const) {
    if (existsSync(join(path, file))) unlessGone(() => writeFileSync(join(path, file), word), undefined)
  }
  for (const folder of foldersIn(path)) thawBelow(folder)
}

const foldersIn = (path: string): readonly string[] =>
  unlessGone(() => readdirSync(path, { withFileTypes: true }), [])
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(path, name))

/** What is removed may be so by another run at the same time: both sweep what a dead one left. */
export function unlessGone<T>(look: () => T, gone: T): T {
  try {
    return look()
  } catch (error) {
    if (['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')) return gone
    throw error
  }
}

function waitUntilGone(processes: readonly ProcessIdentity[]): void {
  const deadline = Date.now() + 30_000
  while (processes.some(isAlive) && Date.now() < deadline) pause(10)
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

/**
 * With cgroup v1 each controller has its own copy of the group; with v2 there is one.
 */
function removeCgroup(name: string): void {
  for (const path of cgroupFolders().map((folder) => join(folder, name))) {
    if (existsSync(path)) removeGroupsBelow(path)
  }
}

/**
 * The folders in which a top-level control group can be.
 */
export function cgroupFolders(): string[] {
  if (!existsSync(cgroupRoot)) return []
  if (existsSync(join(cgroupRoot, 'cgroup.controllers'))) return [cgroupRoot]
  return readdirSync(cgroupRoot).map((controller) => join(cgroupRoot, controller))
}

function removeGroupsBelow(path: string): void {
  for (const folder of foldersIn(path)) removeGroupsBelow(folder)
  // A process that has just been killed may still be leaving its group.
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      rmdirSync(path)
      return
    } catch {
      pause(10)
    }
  }
}
