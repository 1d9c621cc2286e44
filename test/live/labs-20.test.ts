import { describeLabs } from './labs/describe-labs.ts'

// Where the two engines differ: what the API tells of docker0, who asks for names, isolation and internal networks.
describeLabs('20', ['02-docker0', '03-to-facebook-and-back', '08-isolation'])
