import type { LiveReport } from '../../../src/core/trace/live-report.ts'
import { RULES_20 } from '../../support/docker-rules.ts'
import { liveReport } from '../../support/live-report.ts'
import { dropInDockerUser, observeReport } from '../../support/observe-report.ts'
import { standardHost } from '../../support/scene.ts'
import { ping, trace } from '../../support/trace-words.ts'

export const NEW_RULE = '-A DOCKER-USER -s 172.17.0.2/32 -j DROP'

const host = standardHost(RULES_20)
const predicted = trace(host, ping('c1', '203.0.113.80'))

/** A ping to the internet that went as predicted. */
export const AGREEING: LiveReport = liveReport(predicted)

/** The same ping, dropped in DOCKER-USER by a rule that the prediction does not know. */
export const PARTING: LiveReport = liveReport(predicted, dropInDockerUser(observeReport(predicted), NEW_RULE), host, {
  lacks: ['host: this kernel has no tracefs'],
})
