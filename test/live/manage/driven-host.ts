import { expect } from 'vitest'
import { sameConsent } from '../../../src/backend/consent/consent.ts'
import { type BackendService, createService } from '../../../src/backend/service.ts'
import { createDockerSource } from '../../../src/backend/sources/docker-source.ts'
import type { ManageAction } from '../../../src/core/manage/action.ts'
import type { ActionDone, ActionPlan } from '../../../src/core/manage/plan.ts'
import { createCanceller } from '../../../src/protocol/cancel-signal.ts'
import type { Failure, Outcome } from '../../../src/protocol/contract.ts'
import { type Engine, type Generation, importBusybox, startEngine, startWorld, type World } from '../../lab/index.ts'
import { asDriven, type Plain, plainObject } from './plain-object.ts'

/** A real engine that is changed through the service's methods, and looked at with the docker command. */
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

  /** What `docker inspect` says, without what is drawn anew each time. Null where there is no such object. */
  async look(kind: 'network' | 'container' | 'image', name: string): Promise<Plain | null> {
    const told = await this.docker(kind, 'inspect', name).catch((error: unknown) => {
      if (/No such|not found/.test(String(error))) return '[null]'
      throw error
    })
    return plainObject((JSON.parse(told) as unknown[])[0])
  }

  async names(kind: 'network' | 'container'): Promise<readonly string[]> {
    const [all, field] = kind === 'container' ? [['-a'], 'Names'] : [[], 'Name']
    const told = await this.docker(kind, 'ls', ...all, '--format', `{{.${field}}}`)
    return told
      .split('\n')
      .filter((name) => name !== '' && !['bridge', 'host', 'none'].includes(name))
      .sort()
  }

  /** Does an action, takes it back, and runs the printed command: both must make the same. */
  async expectSame(action: ManageAction, kind: 'network' | 'container', name: string): Promise<void> {
    const { command } = await this.do(action)
    const byApi = await this.look(kind, name)
    expect(byApi, name).not.toBeNull()
    await this.undo()
    expect(await this.look(kind, name)).toBeNull()
    await this.shell(command)
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
