import { describeNames } from './describe-names.ts'

describeNames('20')
