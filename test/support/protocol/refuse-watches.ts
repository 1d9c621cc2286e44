import type { Method } from '../../../src/protocol/contract.ts'
import type { Service } from '../../../src/protocol/service.ts'

type Watching = Exclude<Method, 'hello' | 'hostState' | 'refresh' | 'trace' | 'liveTrace'>

const refuse = async () => ({ ok: false, failure: { code: 'probe-failed', message: 'nobody watches here' } }) as const

/** The methods about the helper, watching, captures, sessions, changes and labs of a backend that can do none of it. */
export const refuseWatches: Pick<Service['methods'], Watching> = {
  answerConsent: refuse,
  startWatch: refuse,
  listWatches: refuse,
  pauseWatch: refuse,
  resumeWatch: refuse,
  stopWatch: refuse,
  forgetWatch: refuse,
  watchFlows: refuse,
  watchPackets: refuse,
  exportWatch: refuse,
  exportLive: refuse,
  upload: refuse,
  download: refuse,
  importCapture: refuse,
  sessionReports: refuse,
  sessionReport: refuse,
  saveSession: refuse,
  managerInfo: refuse,
  listImages: refuse,
  inspectObject: refuse,
  planAction: refuse,
  doAction: refuse,
  undoAction: refuse,
  redoAction: refuse,
  openLogs: refuse,
  closeLogs: refuse,
  openTerminal: refuse,
  writeTerminal: refuse,
  resizeTerminal: refuse,
  closeTerminal: refuse,
  listScenes: refuse,
  openSandbox: refuse,
  leaveSandbox: refuse,
  saveScene: refuse,
  openScene: refuse,
  listLabs: refuse,
  labState: refuse,
  startLab: refuse,
  labCommand: refuse,
  endLab: refuse,
}
