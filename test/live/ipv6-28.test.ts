import { describeIpv6 } from './describe-ipv6.ts'

describeIpv6('28')
