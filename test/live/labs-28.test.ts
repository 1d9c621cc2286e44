import { describeLabs } from './labs/describe-labs.ts'

describeLabs('28')
