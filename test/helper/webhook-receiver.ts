import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** How the receiver responds: with a status, a redirect, or a fault. */
export type Behavior = number | 'hang' | 'drip' | 'reset' | { readonly redirectTo: string };

export interface Receiver {
  readonly url: string;
  readonly received: { readonly headers: IncomingHttpHeaders; readonly body: string }[];
  /** For the next requests, in order; then 200. */
  readonly behaviors: Behavior[];
  close(): Promise<void>;
}

/** Starts a webhook receiver on loopback; it is closed after the test. */
export async function startReceiver(...behaviors: Behavior[]): Promise<Receiver> {
  const received: Receiver['received'] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    respond(response, behaviors.shift() ?? 200);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => closed(server);
  onTestFinished(close);
  return { url: `http://127.0.0.1:${port}/hooks/T0KEN`, received, behaviors, close };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function respond(response: ServerResponse, behavior: Behavior): void {
  if (behavior === 'hang') return;
  if (behavior === 'reset') {
    response.socket?.destroy();
    return;
  }
  if (behavior === 'drip') {
    response.writeHead(200);
    const more = setInterval(() => response.write('x'.repeat(100_000)), 1);
    response.on('close', () => clearInterval(more));
    return;
  }
  if (typeof behavior === 'object') response.writeHead(307, { location: behavior.redirectTo });
  else response.writeHead(behavior);
  response.end('a body that is not read');
}
