import { describeNames } from './describe-names.ts'

describeNames('28')
