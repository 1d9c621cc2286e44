import type { Method } from '../../protocol/contract.ts'
import type { Service } from '../../protocol/service.ts'
import type { Transfers } from './transfers.ts'

type FileMethod = Extract<
  Method,
  'exportLive' | 'upload' | 'download' | 'importCapture' | 'sessionReports' | 'sessionReport' | 'saveSession'
>

export function createFileMethods({
  transfers,
}: {
  readonly transfers: Transfers
}): Pick<Service['methods'], FileMethod> {
  const none = async () => ({ ok: false, failure: { code: 'probe-failed', message: 'not yet' } }) as const
  return {
    exportLive: none,
    upload: async ({ upload, data }) => transfers.receive(upload, data),
    download: async ({ download, offset }) => transfers.fetch(download, offset),
    importCapture: none,
    sessionReports: none,
    sessionReport: none,
    saveSession: none,
  }
}
