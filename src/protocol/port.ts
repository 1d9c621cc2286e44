/** A transport: anything that can post plain JSON and deliver what the other side posted. */
export interface Port {
  post(message: unknown): void
  /** Sets the one receiver. Messages that arrived before are delivered to it at once, in order. */
  onMessage(receiver: (message: unknown) => void): void
  /** Sets the one close handler; also called at once when the port is already closed. */
  onClose(handler: () => void): void
  close(): void
}
