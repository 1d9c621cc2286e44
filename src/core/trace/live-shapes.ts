import { flag, integer, list, nullable, number, object, oneOf, type Shape, text } from '../host/shape.ts'
import type { Judgement, LineComparison } from './agreement.ts'
import type { HopComparison } from './compare-hops.ts'
import type { DivergencePlace, ExchangeComparison, ReportComparison } from './compare-reports.ts'
import { LIVE_SCHEMA, type LiveReport } from './live-report.ts'
import { traceReportShape } from './trace-shapes.ts'

const index = integer(0)
const verdict = oneOf('agrees', 'differs', 'not-observable')
const sides = { predicted: nullable(index), observed: nullable(index), verdict, remark: nullable(text) }

const hop = object<HopComparison>({
  ...sides,
  place: text,
  lines: list(object<LineComparison>({ ...sides, part: oneOf('frame', 'step') })),
})

const judgement = object<Judgement>({ verdict, remark: nullable(text) })

const exchange = object<ExchangeComparison>({
  ...sides,
  label: text,
  forward: list(hop),
  reply: list(hop),
  fates: object<ExchangeComparison['fates']>({ forward: nullable(judgement), reply: nullable(judgement) }),
})

const comparison = object<ReportComparison>({
  agrees: flag,
  divergence: nullable(text),
  first: nullable(
    object<DivergencePlace>({
      exchange: index,
      direction: oneOf('forward', 'reply'),
      hop: nullable(index),
      line: nullable(index),
    }),
  ),
  exchanges: list(exchange),
})

/** The shape of a live report that comes from outside, a saved session. */
export const liveReportShape: Shape = object<LiveReport>({
  schema: oneOf(LIVE_SCHEMA),
  probe: oneOf('auto', 'syn', 'connect', 'dns', 'http'),
  predicted: traceReportShape,
  observed: traceReportShape,
  comparison,
  lacks: list(text),
  timing: object<LiveReport['timing']>({ ready: number, firstHop: nullable(number), whole: number }),
})
