import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Log } from '../../src/runtime/log.ts';
import type { Timers } from '../../src/runtime/timers.ts';

/** How the receiver treats a request: a status, or worse. */
export type Treatment = number | 'hang' | 'drip' | 'reset' | { readonly redirectTo: string };

export interface Receiver {
  readonly url: string;
  readonly received: { readonly headers: IncomingHttpHeaders; readonly body: string }[];
  /** The next requests, in order; 200 once they are used up. */
  readonly treatments: Treatment[];
  close(): Promise<void>;
}

/** A webhook receiver on loopback, closed after the test. */
export async function startReceiver(...treatments: Treatment[]): Promise<Receiver> {
  const received: Receiver['received'] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    treat(response, treatments.shift() ?? 200);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => closed(server);
  onTestFinished(close);
  return { url: `http://127.0.0.1:${port}/hooks/T0KEN`, received, treatments, close };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function treat(response: ServerResponse, treatment: Treatment): void {
  if (treatment === 'hang') return;
  if (treatment === 'reset') {
    response.socket?.destroy();
    return;
  }
  if (treatment === 'drip') {
    response.writeHead(200);
    const more = setInterval(() => response.write('x'.repeat(100_000)), 1);
    response.on('close', () => clearInterval(more));
    return;
  }
  if (typeof treatment === 'object') response.writeHead(307, { location: treatment.redirectTo });
  else response.writeHead(treatment);
  response.end('an answer that nobody reads');
}

/** Time that passes only by waiting, and then nearly at once. */
export function jumpingTime(start: number) {
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

/** Turns of the event loop in which what was woken does all it has to do with a store in memory. */
const TURNS = 50;

/** Time that stands still until a test lets it pass; whoever waits is woken at the moment it waits for. */
export function steppedTime(start: number) {
  let now = start;
  const waiting = new Set<{ readonly due: number; readonly wake: () => void }>();
  const timers: Timers = {
    monotonic: () => now - start,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = {
          due: now + ms,
          wake() {
            waiting.delete(sleeper);
            resolve();
          },
        };
        waiting.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake);
      }),
    random: () => 0.5,
  };
  async function work() {
    for (let turn = 0; turn < TURNS; turn++) await new Promise(setImmediate);
  }
  return {
    now: () => now,
    timers,
    async pass(ms: number) {
      await work();
      const until = now + ms;
      for (;;) {
        const [first] = [...waiting].sort((a, b) => a.due - b.due);
        if (first === undefined || first.due > until) break;
        now = first.due;
        first.wake();
        await work();
      }
      now = until;
    },
  };
}

/** A log that keeps what it is told, as text. */
export function keptLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (data: object, message: string) => void lines.push(`${message} ${JSON.stringify(data)}`);
  return { lines, info: keep, warn: keep, error: keep };
}
