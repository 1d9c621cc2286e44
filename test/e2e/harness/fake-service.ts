import type { SourceStatus } from '../../../src/protocol/contract.ts'
import type { Service } from '../../../src/protocol/service.ts'
import { sampleHost } from '../../renderer/panels/sample-host.ts'
import { droppedReport, sampleReport } from '../../renderer/panels/sample-report.ts'

const READY: SourceStatus = {
  kind: 'docker',
  phase: 'ready',
  label: 'Docker 28.5.2 · local',
  progress: null,
  activity: null,
  problem: null,
}

/** Returns a service that answers from samples: `docker`, `sample` (no engine), `reading` (nothing yet), `gaps`. */
export function fakeService(scene: string): Service {
  const host = sampleHost(
    scene === 'gaps' ? { gaps: [{ namespace: '1', what: 'conntrack', why: 'conntrack -L: permission denied' }] } : {},
  )
  return {
    methods: {
      hello: async () => ({ ok: true, value: { version: '0.1.0', status: statusOf(scene) } }),
      hostState: async () => ({ ok: true, value: scene === 'reading' ? null : { revision: 1, state: host } }),
      refresh: async () => ({ ok: true, value: { revision: 1 } }),
      trace: async ({ flow }) => {
        if (flow.to === 'nowhere.example') {
          const failure = {
            code: 'unknown-name' as const,
            message: 'no resolver knows nowhere.example',
            hint: 'check the name',
          }
          return { ok: false, failure }
        }
        if (flow.to === 'slow.example') await new Promise((resolve) => setTimeout(resolve, 60_000))
        return { ok: true, value: flow.to === 'a1' ? droppedReport() : sampleReport({ flow }) }
      },
    },
    subscribe: () => () => undefined,
  }
}

function statusOf(scene: string): SourceStatus {
  if (scene === 'sample') {
    return { ...READY, kind: 'sample', label: 'sample host', problem: 'cannot connect to unix:///var/run/docker.sock' }
  }
  if (scene === 'reading') return { ...READY, phase: 'reading', progress: 0.4, activity: 'reading 12 namespaces' }
  return READY
}
