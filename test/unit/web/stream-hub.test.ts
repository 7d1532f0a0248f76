import { afterEach, expect, test, vi } from 'vitest';
import { createStreamHub } from '../../../src/web/data/stream-hub.ts';
import type { HubMessage, Seen } from '../../../src/web/data/stream-messages.ts';

/** A request for the event stream, and what answers it. */
interface Stream {
  readonly prices: string | null;
  readonly token: string | null;
  readonly lastId: string | null;
  readonly isOpen: () => boolean;
  /** Streams that were open when it was requested. */
  readonly others: number;
  send(text: string): void;
}

const closing: (() => void)[] = [];
/** Prices that were asked for in vain. */
const asked: string[] = [];
afterEach(() => {
  asked.length = 0;
  for (const close of closing.splice(0)) close();
  vi.unstubAllGlobals();
});

/** Answers requests as the service does; those with a token of `refused` with 401, those for a price of `full` with 503. */
function fakeService(refused = new Set<string>(), full = new Set<string>()): Stream[] {
  const streams: Stream[] = [];
  vi.stubGlobal(
    'fetch',
    async (url: string, { headers, signal }: { headers: Headers; signal: AbortSignal }) => {
      const token = headers.get('authorization');
      if (token !== null && refused.has(token)) return new Response('{}', { status: 401 });
      const prices = new URL(url, 'http://host').searchParams.get('prices');
      if (prices !== null && full.has(prices)) {
        asked.push(prices);
        const detail = 'Prices of 50 symbols are listened to, and 50 is the limit; try again later.';
        return new Response(JSON.stringify({ code: 'OVERLOADED', detail }), { status: 503 });
      }
      let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
      const body = new ReadableStream<Uint8Array>({
        start(started) {
          controller = started;
        },
      });
      signal.addEventListener('abort', () => controller?.error(signal.reason));
      streams.push({
        prices,
        token,
        lastId: headers.get('last-event-id'),
        isOpen: () => !signal.aborted,
        others: streams.filter((one) => one.isOpen()).length,
        send: (text) => controller?.enqueue(new TextEncoder().encode(text)),
      });
      return new Response(body);
    },
  );
  return streams;
}

/** A tab, with all that it was told. */
function tab(hub: ReturnType<typeof createStreamHub>) {
  const { port1, port2 } = new MessageChannel();
  const told: HubMessage[] = [];
  port1.addEventListener('message', ({ data }) => void told.push(data as HubMessage));
  port1.start();
  hub.serve(port2);
  closing.push(() => {
    port1.postMessage({ kind: 'leave' });
    port1.close();
  });
  return {
    told,
    want: (prices: readonly string[] = [], seen?: Seen, token?: string) =>
      port1.postMessage({ kind: 'want', token, prices, seen }),
    leave: () => port1.postMessage({ kind: 'leave' }),
    close: () => port1.close(),
    state: () => told.findLast((one) => one.kind === 'state')?.state,
    events: () => told.filter((one) => one.kind === 'event').map(({ event }) => event.kind),
  };
}

test('tabs share one stream, which has the prices that any of them wants, and outlives the first', async () => {
  const streams = fakeService();
  const hub = createStreamHub();
  const [first, second] = [tab(hub), tab(hub)];
  first.want(['BTCUSDT']);
  second.want(['ETHUSDT', 'BTCUSDT']);
  await expect.poll(() => streams.at(-1)?.prices).toBe('BTCUSDT,ETHUSDT');
  await expect.poll(() => [first.state(), second.state()]).toEqual(['live', 'live']);
  await expect.poll(() => streams.filter((one) => one.isOpen()).length).toBe(1);
  streams.at(-1)!.send('id: run-1\nevent: package\ndata: {"id":"a"}\n\n');
  await expect.poll(() => [first.events(), second.events()]).toEqual([['package'], ['package']]);

  first.close();
  await expect.poll(() => streams.at(-1)?.prices).toBe('BTCUSDT,ETHUSDT');
  const { length } = streams;
  streams.at(-1)!.send('id: run-2\nevent: account\ndata: {}\n\n');
  await expect.poll(second.events).toEqual(['package', 'account']);
  expect(streams.length).toBe(length);

  second.leave();
  await expect.poll(() => streams.filter((one) => one.isOpen()).length).toBe(0);
});

test('another price comes with a stream that opens before the one before it closes', async () => {
  const streams = fakeService();
  const hub = createStreamHub();
  const first = tab(hub);
  first.want([]);
  await expect.poll(first.state).toBe('live');
  first.want(['ETHUSDT']);
  await expect.poll(() => streams.map((one) => one.isOpen())).toEqual([false, true]);
  expect(streams.map(({ prices, others }) => [prices, others])).toEqual([
    [null, 0],
    ['ETHUSDT', 1],
  ]);
});

test('prices that the service has no room for are asked for once; the events come, and the tab is told why', async () => {
  const streams = fakeService(new Set(), new Set(['BTCUSDT']));
  const first = tab(createStreamHub());
  first.want(['BTCUSDT']);
  await expect.poll(first.state).toBe('live');
  expect(first.told.findLast((one) => one.kind === 'state')?.noPrices).toMatch(/50 is the limit/);
  streams.at(-1)!.send('id: run-1\nevent: package\ndata: {}\n\n');
  await expect.poll(first.events).toEqual(['package']);

  // Another symbol has a price again, which takes longer than a further request for the first would.
  first.want(['ETHUSDT']);
  await expect.poll(() => streams.at(-1)?.prices).toBe('ETHUSDT');
  await expect
    .poll(() => first.told.findLast((one) => one.kind === 'state'))
    .toMatchObject({ state: 'live', noPrices: undefined });
  expect(asked).toEqual(['BTCUSDT']);
});

test('a stream that is opened again after a failure still has the prices', async () => {
  const streams = fakeService();
  const answer = globalThis.fetch;
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('refused');
  });
  const first = tab(createStreamHub());
  first.want(['BTCUSDT']);
  await expect.poll(first.state).toBe('offline');
  vi.stubGlobal('fetch', answer);
  await expect.poll(first.state, { timeout: 20_000 }).toBe('live');
  expect(streams.map(({ prices }) => prices)).toEqual(['BTCUSDT']);
});

test('a tab that was away is reset if it missed something, and a new stream goes on where its tab was', async () => {
  const streams = fakeService();
  const hub = createStreamHub();
  const [first, second, third] = [tab(hub), tab(hub), tab(hub)];
  first.want([], { lastId: 'run-6' });
  await expect.poll(() => streams[0]?.lastId).toBe('run-6');
  streams[0]!.send('id: run-7\nevent: package\ndata: {}\n\n');
  await expect.poll(first.events).toEqual(['package']);
  second.want([], { lastId: 'run-6' });
  third.want([], { lastId: 'run-7' });
  await expect.poll(third.state).toBe('live');
  streams[0]!.send('id: run-8\nevent: market\ndata: {}\n\n');
  await expect.poll(second.events).toEqual(['reset', 'market']);
  await expect.poll(third.events).toEqual(['market']);
  expect(streams.length).toBe(1);
});

test('tabs with different tokens have streams of their own, and each hears that its own token is refused', async () => {
  const refused = new Set<string>();
  const streams = fakeService(refused);
  const hub = createStreamHub();
  const [first, second, other] = [tab(hub), tab(hub), tab(hub)];
  first.want([], undefined, 'one');
  second.want([], undefined, 'one');
  other.want([], undefined, 'two');
  await expect.poll(() => [first.state(), second.state(), other.state()]).toEqual(['live', 'live', 'live']);
  expect(streams.map((one) => one.token)).toEqual(['Bearer one', 'Bearer two']);
  refused.add('Bearer one');
  const late = tab(hub);
  const changed = { kind: 'refused', token: 'one' };
  // The service ends the stream of a token that is not valid any more; a tab asks for prices meanwhile.
  second.want(['BTCUSDT'], undefined, 'one');
  await expect.poll(() => [first.told.at(-1), second.told.at(-1)]).toEqual([changed, changed]);
  late.want([], undefined, 'one');
  await expect.poll(() => late.told.at(-1)).toEqual(changed);
  expect(other.state()).toBe('live');
  expect(streams.filter((one) => one.isOpen()).map((one) => one.token)).toEqual(['Bearer two']);
});
