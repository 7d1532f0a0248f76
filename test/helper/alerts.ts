import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Log } from '../../src/runtime/log.ts';
import type { Timers } from '../../src/runtime/timers.ts';

/** How the receiver answers a request: with a status, or badly. */
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

/** A clock that jumps ahead by each sleep. */
export function createJumpingClock(start: number) {
  let now = start;
  const timers: Timers = {
    monotonic: () => now - start,
    async sleep(ms, signal) {
      await delay(1, undefined, signal === undefined ? {} : { signal }).catch(() => {});
      if (!signal?.aborted) now += ms;
    },
    random: () => 0.5,
  };
  return { now: () => now, timers };
}

/** Rounds of the event loop in which a woken task finishes its work with a store in memory. */
const ROUNDS = 50;

/** A clock that a test moves; each sleeper is woken at its time. */
export function createManualClock(start: number) {
  let now = start;
  const sleepers = new Set<{ readonly due: number; readonly wake: () => void }>();
  const timers: Timers = {
    monotonic: () => now - start,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = {
          due: now + ms,
          wake() {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake);
      }),
    random: () => 0.5,
  };
  async function settle() {
    for (let round = 0; round < ROUNDS; round++) await new Promise(setImmediate);
  }
  return {
    now: () => now,
    timers,
    async pass(ms: number) {
      await settle();
      const until = now + ms;
      for (;;) {
        const [first] = [...sleepers].sort((a, b) => a.due - b.due);
        if (first === undefined || first.due > until) break;
        now = first.due;
        first.wake();
        await settle();
      }
      now = until;
    },
  };
}

/** A log that collects its lines. */
export function createTestLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const add = (data: object, message: string) => void lines.push(`${message} ${JSON.stringify(data)}`);
  return { lines, info: add, warn: add, error: add };
}
