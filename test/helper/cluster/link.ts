import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP connection to a server that a test can break. */
export interface Link {
  readonly port: number;
  /** Breaks all connections; new ones work. */
  cut(): void;
  /** Lets no byte pass, as a network that loses everything. @returns lets them pass again */
  stall(): () => void;
  close(): Promise<void>;
}

/** Listens on a free port of the loopback address and passes everything on to `port` there. */
export async function openLink(port: number): Promise<Link> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isStalled = false;

  const server = createServer((near) => {
    const pair = [near, connect(port, '127.0.0.1')] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        for (const either of pair) either.destroy();
      });
    }
    if (!isStalled) pass(pair);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    stall() {
      isStalled = true;
      for (const [near, far] of pairs) {
        near.unpipe(far).pause();
        far.unpipe(near).pause();
      }
      return () => {
        isStalled = false;
        for (const pair of pairs) pass(pair);
      };
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

function pass([near, far]: readonly [Socket, Socket]): void {
  near.pipe(far);
  far.pipe(near);
}
