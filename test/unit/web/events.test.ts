import { afterEach, beforeEach, expect, test, vi } from 'vitest';

interface Opened {
  readonly path: string;
  readonly signal: AbortSignal;
  send(text: string): void;
}

const opened: Opened[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  opened.length = 0;
  const storage = { getItem: () => null, removeItem() {}, setItem() {} };
  vi.stubGlobal('localStorage', storage);
  vi.stubGlobal('sessionStorage', storage);
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('fetch', async (path: string, { signal }: { signal: AbortSignal }) => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const send = (text: string) => void writer.write(new TextEncoder().encode(text));
    signal.addEventListener('abort', () => void writer.abort().catch(() => {}));
    opened.push({ path, signal, send });
    return new Response(readable);
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Lets time pass until something holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await vi.advanceTimersByTimeAsync(50);
}
const priceOf = (symbol: string, price: number) =>
  `event: price\ndata: ${JSON.stringify({ symbol, price })}\n\n`;

test('prices come with the one stream, which another replaces without a gap', async () => {
  const { connection, connectNow, followPrice, onEvents } = await import('../../../src/web/data/events.ts');
  const seen: unknown[] = [];
  onEvents(['price'], ({ kind, data }) => seen.push(kind === 'reset' ? kind : data.price));
  connectNow();
  await until(() => connection.value === 'live');

  const leave = followPrice('ETHUSDT');
  await until(() => opened[0]?.signal.aborted === true);
  opened[1]?.send(priceOf('ETHUSDT', 3000));
  await until(() => seen.length === 1);

  // The next view of the same symbol takes the stream over.
  leave();
  const end = followPrice('ETHUSDT');
  await vi.advanceTimersByTimeAsync(1000);
  end();
  await until(() => opened[1]?.signal.aborted === true);

  expect(opened.map(({ path }) => path)).toEqual(['/events', '/events?prices=ETHUSDT', '/events']);
  expect(opened.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
  expect(seen).toEqual([3000]);
  expect(connection.value).toBe('live');
});

test('a stream that is opened again after a failure still brings the prices', async () => {
  const { connection, connectNow, followPrice } = await import('../../../src/web/data/events.ts');
  followPrice('BTCUSDT');
  const answer = globalThis.fetch;
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('refused');
  });
  connectNow();
  await until(() => connection.value === 'offline');
  vi.stubGlobal('fetch', answer);
  await until(() => connection.value === 'live');
  expect(opened.map(({ path }) => path)).toEqual(['/events?prices=BTCUSDT']);
});
