import { createPortPair } from '../../../src/protocol/memory-port.ts'
import { serve } from '../../../src/protocol/serve.ts'
import { fakeService } from './fake-service.ts'

/**
 * The real page over a service made of samples, for looking at the panels without an engine. `?case=` in the URL chooses
 * what the service plays: see fake-service.ts.
 */
const [front, back] = createPortPair()
serve(back, fakeService(new URLSearchParams(location.search).get('case') ?? 'docker'))
Object.defineProperty(window, 'hopwire', { value: front })
await import('../../../src/renderer/main.tsx')
