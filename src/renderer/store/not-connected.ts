import type { Failure } from '../../protocol/contract.ts'

/** What is told to whoever asks for something before the backend is there. */
export const NOT_CONNECTED: Failure = {
  code: 'disconnected',
  message: 'Hopwire is not connected to its backend yet',
  hint: 'wait for the connection, then try again',
}
