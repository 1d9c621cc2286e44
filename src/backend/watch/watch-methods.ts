import type { Method } from '../../protocol/contract.ts'
import type { Service } from '../../protocol/service.ts'

/** The methods of the contract that are about traffic as it is, captures and sessions. */
export type WatchMethod = Exclude<Method, 'hello' | 'hostState' | 'refresh' | 'answerConsent' | 'trace' | 'liveTrace'>

/** Returns those methods. */
export function createWatchMethods(): Pick<Service['methods'], WatchMethod> {
  const none = async () =>
    ({ ok: false, failure: { code: 'probe-failed', message: 'traffic cannot be watched yet' } }) as const
  return {
    startWatch: none,
    listWatches: none,
    pauseWatch: none,
    resumeWatch: none,
    stopWatch: none,
    forgetWatch: none,
    watchFlows: none,
    watchPackets: none,
    exportWatch: none,
    exportLive: none,
    upload: none,
    download: none,
    importCapture: none,
    sessionReports: none,
    sessionReport: none,
    saveSession: none,
  }
}
