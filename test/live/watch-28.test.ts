import { describeFlows } from './watch/describe-flows.ts'
import { describeLeft } from './watch/describe-left.ts'

describeFlows('28')
describeLeft('28')
