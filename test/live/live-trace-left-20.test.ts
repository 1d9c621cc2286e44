import { describeLeftBehind } from './describe-left-behind.ts'

describeLeftBehind('20')
