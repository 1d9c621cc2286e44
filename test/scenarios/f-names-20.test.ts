import { describeNames } from './support/describe-names.ts'

describeNames('20')
