import { expect } from 'vitest'
import { sameConsent } from '../../../src/backend/consent/consent.ts'
import { type BackendService, createService } from '../../../src/backend/service.ts'
import { createDockerSource } from '../../../src/backend/sources/docker-source.ts'
import type { ManageAction } from '../../../src/core/manage/action.ts'
import type { ActionDone, ActionPlan } from '../../../src/core/manage/plan.ts'
import { createCanceller } from '../../../src/protocol/cancel-signal.ts'
import type { Failure, Outcome } from '../../../src/protocol/contract.ts'
import { apiGet } from '../../lab/api.ts'
import { type Engine, type Generation, importBusybox, startEngine, startWorld, type World } from '../../lab/index.ts'
import { asDriven, type Plain, plainObject } from './plain-object.ts'

/** A real engine that is changed through the service's methods, and looked at past them. */
export class DrivenHost {
  readonly world: World
  readonly engine: Engine
  readonly service: BackendService

  private constructor(world: World, engine: Engine) {
    this.world = world
    this.engine = engine
    const source = createDockerSource({ dockerHost: `unix://${engine.socket}`, consent: sameConsent('refused') })
    this.service = createService({ source, version: 'test', reading: 'fresh' })
  }

  static async start(generation: Generation): Promise<DrivenHost> {
    const world = await startWorld()
    try {
      const engine = await startEngine(world, { generation })
      await importBusybox(engine)
      const host = new DrivenHost(world, engine)
      value(await host.service.methods.refresh({}, calm()))
      return host
    } catch (error) {
      world.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    await this.service.close()
    this.world.stop()
  }

  docker(...args: readonly string[]): Promise<string> {
    return this.engine.docker(args)
  }

  /** Runs a line as a user types it into the host's shell. */
  shell(line: string): Promise<string> {
    return this.engine.onHost(['sh', '-c', line])
  }

  async do(action: ManageAction): Promise<ActionDone> {
    return value(await this.service.methods.doAction({ action }, calm()))
  }

  async refused(action: ManageAction): Promise<Failure> {
    const outcome = await this.service.methods.doAction({ action }, calm())
    if (outcome.ok) throw new Error(`it was done: ${outcome.value.did}`)
    return outcome.failure
  }

  async plan(action: ManageAction): Promise<ActionPlan> {
    return value(await this.service.methods.planAction({ action, reach: false }, calm()))
  }

  async undo(): Promise<ActionDone> {
    return value(await this.service.methods.undoAction({}, calm()))
  }

  async redo(): Promise<ActionDone> {
    return value(await this.service.methods.redoAction({}, calm()))
  }

  /** What `docker inspect` shows, asked of the engine itself, without what is drawn anew each time. Null where there is no such object. */
  async look(kind: 'network' | 'container' | 'image', name: string): Promise<Plain | null> {
    const path = kind === 'network' ? `/networks/${name}` : `/${kind}s/${name}/json`
    const told = await apiGet(this.engine.socket, path).catch((error: unknown) => {
      if (/: 404 /.test(String(error))) return null
      throw error
    })
    return plainObject(told)
  }

  async names(kind: 'network' | 'container'): Promise<readonly string[]> {
    const told = await apiGet(this.engine.socket, kind === 'network' ? '/networks' : '/containers/json?all=1')
    return (told as readonly { readonly Name?: string; readonly Names?: readonly string[] }[])
      .map(({ Name, Names = [] }) => Name ?? Names.find((each) => each.lastIndexOf('/') === 0)?.slice(1) ?? '')
      .filter((name) => !['bridge', 'host', 'none'].includes(name))
      .sort()
  }

  /** Does an action, takes it back, and runs the printed command: both must make the same. One that `ends` is waited for. */
  async expectSame(action: ManageAction, kind: 'network' | 'container', name: string, ends = false): Promise<void> {
    const { command } = await this.do(action)
    if (ends) await this.docker('wait', name)
    const byApi = await this.look(kind, name)
    expect(byApi, name).not.toBeNull()
    await this.undo()
    expect(await this.look(kind, name)).toBeNull()
    await this.shell(command)
    if (ends) await this.docker('wait', name)
    const byCommand = await this.look(kind, name)
    await this.docker(...(kind === 'network' ? ['network', 'rm', name] : ['rm', '-fv', name]))
    expect(asDriven(byApi)).toEqual(asDriven(byCommand))
  }
}

/** A call that nobody cancels. */
export function calm(): { readonly signal: ReturnType<typeof createCanceller>['signal'] } {
  return { signal: createCanceller().signal }
}

/** Returns what an outcome gives, or fails with its words. */
export function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.failure.code}: ${outcome.failure.message}`)
  return outcome.value
}
