import { checkFlow } from './check-flow.ts'
import { badParams, type Checked, checkInteger, checkKeys, checkRecord } from './check-value.ts'
import { checkDownload, checkId, checkImport, checkIndex, checkUpload } from './check-transfer.ts'
import {
  checkDo,
  checkLab,
  checkLabCommand,
  checkLogs,
  checkObject,
  checkPlan,
  checkResize,
  checkSceneName,
  checkTerminal,
  checkWrite,
} from './check-manage.ts'
import { checkWatchPackets, checkWatchQuestion } from './check-watch.ts'
import type { Method, Params } from './contract.ts'

/** Checks the arguments of every method at run time: the compiler demands one checker per method of the contract. */
export const PARAM_CHECKS: { readonly [M in Method]: (input: unknown) => Checked<Params<M>> } = {
  hello: checkNone,
  hostState: checkNone,
  refresh: checkNone,
  answerConsent: checkAnswer,
  trace: (input) => checkTrace(input),
  liveTrace: checkLiveTrace,
  startWatch: checkWatchQuestion,
  listWatches: checkNone,
  pauseWatch: checkId,
  resumeWatch: checkId,
  stopWatch: checkId,
  forgetWatch: checkId,
  watchFlows: checkId,
  watchPackets: checkWatchPackets,
  exportWatch: checkId,
  exportLive: checkNone,
  upload: checkUpload,
  download: checkDownload,
  importCapture: checkImport,
  sessionReports: checkNone,
  sessionReport: checkIndex,
  saveSession: checkNone,
  managerInfo: checkNone,
  listImages: checkNone,
  inspectObject: checkObject,
  planAction: checkPlan,
  doAction: checkDo,
  undoAction: checkNone,
  redoAction: checkNone,
  openLogs: checkLogs,
  closeLogs: checkId,
  openTerminal: checkTerminal,
  writeTerminal: checkWrite,
  resizeTerminal: checkResize,
  closeTerminal: checkId,
  listScenes: checkNone,
  openSandbox: checkSceneName,
  leaveSandbox: checkNone,
  saveScene: checkNone,
  openScene: checkImport,
  listLabs: checkNone,
  labState: checkNone,
  startLab: checkLab,
  labCommand: checkLabCommand,
  endLab: checkNone,
}

function checkNone(input: unknown): Checked<Record<string, never>> {
  const record = checkRecord(input, 'params')
  if (!record.ok) return record
  const keys = checkKeys(record.value, [], 'params')
  return keys.ok ? { ok: true, value: {} } : keys
}

function checkAnswer(input: unknown): Checked<Params<'answerConsent'>> {
  const record = checkRecord(input, 'params')
  if (!record.ok) return record
  const keys = checkKeys(record.value, ['answer'], 'params')
  if (!keys.ok) return keys
  const { answer } = record.value
  if (answer === 'allowed' || answer === 'refused') return { ok: true, value: { answer } }
  return badParams('answer', 'must be allowed or refused')
}

/** Longest wait of a live trace, in seconds. */
export const LONGEST_WAIT = 300

const PROBES = ['auto', 'syn', 'connect', 'dns', 'http'] as const

function checkLiveTrace(input: unknown): Checked<Params<'liveTrace'>> {
  const record = checkRecord(input, 'params')
  if (!record.ok) return record
  const traced = checkTrace(record.value, ['probe', 'waitSeconds'])
  if (!traced.ok) return traced
  const probe = PROBES.find((known) => known === record.value.probe)
  if (probe === undefined) return badParams('probe', `must be one of ${PROBES.join(', ')}`)
  const waitSeconds = checkInteger(record.value.waitSeconds, 'waitSeconds', 1, LONGEST_WAIT)
  if (!waitSeconds.ok) return waitSeconds
  return { ok: true, value: { ...traced.value, probe, waitSeconds: waitSeconds.value } }
}

function checkTrace(input: unknown, others: readonly string[] = []): Checked<Params<'trace'>> {
  const record = checkRecord(input, 'params')
  if (!record.ok) return record
  const keys = checkKeys(record.value, ['flow', 'tried', ...others], 'params')
  if (!keys.ok) return keys
  const flow = checkFlow(record.value.flow, 'flow')
  if (!flow.ok) return flow
  const tried = record.value.tried
  if (typeof tried !== 'boolean') return badParams('tried', 'must be true or false')
  return { ok: true, value: { flow: flow.value, tried } }
}
