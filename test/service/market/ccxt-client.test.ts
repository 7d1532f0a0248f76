import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { startRecordedExchange } from '../../../simulator/server.ts';
import { createClient, cutConnections } from '../../../src/market/exchange/ccxt-client.ts';
import { EXCHANGES } from '../../../src/market/exchange/exchanges.ts';
import { createTransport, TRANSPORT_LIMITS } from '../../../src/market/exchange/transport.ts';
import { testRecording } from '../../helper/market.ts';

const TIMEFRAMES = ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '1d'];

test('a connection that is lost before all subscriptions are sent fails their watchers and nothing else', async () => {
  const recording = await testRecording();
  const exchange = await startRecordedExchange({ recording, clock: () => Date.UTC(2025, 10, 27) });
  onTestFinished(() => exchange.close());
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const subscribed = once(server, 'connection').then(([socket]) => once(socket as WebSocket, 'message'));

  const client = await createClient({
    id: 'binanceusdm',
    traits: EXCHANGES.binanceusdm,
    endpoints: {
      restUrl: exchange.restUrl,
      wsUrl: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
    transport: createTransport(fetch, TRANSPORT_LIMITS, () => {}, new AbortController().signal),
    agentFor: () => undefined,
    timeoutMs: 10_000,
    throttle: true,
  });
  onTestFinished(() => void client.close());
  await client.loadMarkets();
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  // Subscriptions beyond the first ones wait for the throttle.
  const watchers = TIMEFRAMES.map((timeframe) => client.watchOHLCV('BTC/USDT:USDT', timeframe));
  const outcomes = Promise.allSettled(watchers);
  await subscribed;
  cutConnections(client);
  expect((await outcomes).map(({ status }) => status)).toEqual(watchers.map(() => 'rejected'));
  // Until the throttle has let the last one through.
  await delay(1000);
  expect(unhandled).toEqual([]);
});
