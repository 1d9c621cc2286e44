import { describeManager } from './manage/describe-manager.ts'

describeManager('28')
