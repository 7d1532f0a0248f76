import type { Socket } from 'node:net';

/** Reads a connection by counted bytes, before it is given to others. */
export interface SocketReader {
  /** The next `count` bytes, and no more than these. @throws if the connection ends before */
  read(count: number): Promise<Buffer>;
  /** Leaves the connection to others; bytes that were not read are still there. */
  release(): void;
}

const EVENTS = ['readable', 'end', 'close', 'error'] as const;

/** The only reader of a connection. */
export function createSocketReader(socket: Socket): SocketReader {
  let wake = () => {};
  const onEvent = () => wake();
  // Listeners that come and go would make the stream tell the same bytes again, without end.
  for (const event of EVENTS) socket.on(event, onEvent);
  return {
    async read(count) {
      for (;;) {
        const bytes = socket.read(count) as Buffer | null;
        if (bytes?.length === count) return bytes;
        if (socket.errored) throw socket.errored;
        if (bytes !== null || socket.readableEnded || socket.destroyed)
          throw new Error('it ends the connection before it is ready');
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    release() {
      for (const event of EVENTS) socket.off(event, onEvent);
    },
  };
}
