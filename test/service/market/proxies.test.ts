import { once } from 'node:events';
import { get } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startRecordedExchange } from '../../../simulator/server.ts';
import { createWebhook } from '../../../src/alerts/webhook.ts';
import { createExchange } from '../../../src/market/exchange/exchange.ts';
import { createOutgoing } from '../../../src/runtime/outgoing/outgoing.ts';
import { parseProxy } from '../../../src/runtime/outgoing/proxy-choice.ts';
import { openTunnel } from '../../../src/runtime/outgoing/tunnel.ts';
import { SYSTEM_TIMERS } from '../../../src/runtime/timers.ts';
import { collectingLog } from '../../helper/log.ts';
import { testRecording } from '../../helper/market.ts';
import { startHttpProxy, startSocksProxy } from '../../helper/proxies.ts';
import { startTestService } from '../../helper/service.ts';
import { startReceiver } from '../../helper/webhook-receiver.ts';

const NOW = Date.UTC(2025, 10, 27, 10, 31);
const PROXIES = { http: startHttpProxy, socks5: startSocksProxy };
const LIMITS = { headersMs: 20_000, totalMs: 30_000, bytes: 8 * 1024 * 1024 };
const CREDENTIALS = { user: 'desk', password: 'p@ss:w/ rd' };
/** Whatever form the password may take. */
const PASSWORD = /p@ss|p%40ss|cEBzcz/;

/** A recorded exchange and a webhook's receiver that have names which only a proxy knows. */
async function startWorld(now = NOW) {
  const exchange = await startRecordedExchange({ recording: await testRecording(), clock: () => now });
  onTestFinished(() => exchange.close());
  const receiver = await startReceiver();
  const hosts = {
    'exchange.test': Number(new URL(exchange.restUrl).port),
    'hooks.test': Number(new URL(receiver.url).port),
  };
  return { receiver, hosts };
}

const ADDRESSES = { restUrl: 'http://exchange.test', wsUrl: 'ws://exchange.test:8080' };

function openThrough(url: string) {
  const proxy = parseProxy(url);
  const outgoing = createOutgoing({ http: proxy, https: proxy, except: '' });
  onTestFinished(() => outgoing.close());
  const log = collectingLog();
  const parts = { clock: () => NOW, timers: SYSTEM_TIMERS, log };
  const options = { ...parts, id: 'binanceusdm', ...ADDRESSES, outgoing, limits: LIMITS, throttle: false };
  const exchange = createExchange(options);
  onTestFinished(() => exchange.close());
  return { exchange, outgoing, log };
}

test.each(['http', 'socks5'] as const)(
  'REST, stream and webhook pass through a proxy with a password (%s)',
  async (scheme) => {
    const { receiver, hosts } = await startWorld();
    const proxy = await PROXIES[scheme]({ hosts, credentials: CREDENTIALS });
    const { exchange, outgoing, log } = openThrough(proxy.url);

    expect(await exchange.symbols()).toEqual(['BTCUSDT']);
    expect(proxy.asked).toContain('exchange.test:80');
    const stream = exchange.watchCandles('BTCUSDT', '3m', () => {});
    onTestFinished(() => stream.close());
    await expect.poll(() => stream.status().state).toBe('live');
    expect(proxy.asked).toContain('exchange.test:8080');

    const webhook = { url: 'http://hooks.test/T0KEN', secret: undefined, fetch: outgoing.fetch };
    const send = createWebhook({ ...webhook, now: () => NOW });
    expect(await send({ id: 'a', body: '{}' }, new AbortController().signal)).toMatchObject({
      delivered: true,
    });
    expect(proxy.asked).toContain('hooks.test:80');
    expect(receiver.received).toHaveLength(1);
    // The proxy's, not the receiver's.
    expect(receiver.received[0]?.headers).not.toHaveProperty('proxy-authorization');

    expect(exchange.status().proxies).toEqual({ rest: proxy.shown, stream: proxy.shown });
    expect(log.lines.join()).not.toMatch(PASSWORD);
  },
);

test.each([
  ['http', 'it refuses exchange.test:80 with HTTP 407', 'it refuses exchange.test:8080 with HTTP 407'],
  ['socks5', 'it refuses the user or the password', 'it refuses the user or the password'],
] as const)('a proxy that refuses the password is named without it (%s)', async (scheme, rest, webSocket) => {
  const { hosts } = await startWorld();
  const proxy = await PROXIES[scheme]({ hosts, credentials: CREDENTIALS });
  const { exchange, outgoing, log } = openThrough(proxy.url.replace('desk:', 'other:'));
  const refused = await exchange.symbols().catch((error: Error) => error);
  expect(refused).toMatchObject({
    code: 'MARKET_UNAVAILABLE',
    message: expect.stringContaining(`the proxy ${proxy.shown} gave no connection: ${rest}`),
  });
  const upgrade = outgoing.agentFor('ws://exchange.test:8080');
  const request = get({ agent: upgrade, host: 'exchange.test', port: 8080 });
  await expect(once(request, 'response')).rejects.toThrow(webSocket);
  const send = createWebhook({
    ...{ url: 'http://hooks.test/T0KEN', secret: undefined, fetch: outgoing.fetch, now: () => NOW },
  });
  expect(await send({ id: 'a', body: '{}' }, new AbortController().signal)).toMatchObject({
    error: 'could not be reached (PROXY_FAILED)',
  });
  const told = [JSON.stringify(refused), String((refused as Error).cause), ...log.lines].join();
  expect(told).not.toMatch(PASSWORD);
});

test.each([
  ['http', 'it refuses nowhere.test:443 with HTTP 502'],
  ['socks5', 'it refuses nowhere.test:443: the host cannot be reached'],
] as const)('a host that a proxy does not reach (%s)', async (scheme, problem) => {
  const proxy = await PROXIES[scheme]({ hosts: {} });
  const target = { host: 'nowhere.test', port: 443 };
  await expect(openTunnel(parseProxy(proxy.url)!, target, true)).rejects.toThrow(problem);
});

test.each([
  ['http', 'HTTP/1.1 200 OK\r\nContent-Length', /gave no connection: /],
  ['socks5', '\u0004\u0000', 'it is not a SOCKS5 proxy'],
  ['socks5', '\u0005', 'it ends the connection before it is ready'],
  ['socks5', '\u0005\u0002', 'it wants a user and a password'],
])('what answers in another way is no proxy: %s, %j', async (scheme, answer, problem) => {
  const server = createServer((client) => {
    client.on('error', () => {});
    client.once('data', () => client.end(answer, 'latin1'));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const proxy = parseProxy(`${scheme}://127.0.0.1:${port}`)!;
  await expect(openTunnel(proxy, { host: 'exchange.test', port: 80 }, false)).rejects.toThrow(problem);
});

test('a secure target is told its name in TLS, inside the tunnel', async () => {
  const server = createServer((client) => {
    client.on('error', () => {});
    client.once('data', () => client.destroy());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  const hello = once(server, 'connection').then(([client]) => once(client, 'data'));
  await once(server, 'listening');
  const proxy = await startHttpProxy({ hosts: { 'exchange.test': (server.address() as AddressInfo).port } });
  const { outgoing } = openThrough(proxy.url);
  await expect(outgoing.fetch('https://exchange.test/')).rejects.toThrow();
  const [bytes] = (await hello) as [Buffer];
  const tlsHandshake = 0x16;
  expect(bytes[0]).toBe(tlsHandshake);
  expect(bytes.includes('exchange.test')).toBe(true);
  expect(proxy.asked).toEqual(['exchange.test:443']);
});

test('a service with a proxy shows it without its password', async () => {
  const now = Date.parse('2025-11-27T00:16:00Z') + 52 * 7 * 24 * 3_600_000;
  const { hosts } = await startWorld(now);
  const proxy = await startHttpProxy({ hosts, credentials: CREDENTIALS });
  const service = await startTestService({
    now: () => now,
    env: {
      EXCHANGE_REST_URL: ADDRESSES.restUrl,
      EXCHANGE_WS_URL: ADDRESSES.wsUrl,
      ALERT_WEBHOOK_URL: 'http://hooks.test/T0KEN',
      EXCHANGE_PROXY: proxy.url,
    },
  });
  onTestFinished(() => service.close());
  await expect
    .poll(async () => (await service.app.inject('/ready')).json().parts.market.facts)
    .toMatchObject({ proxies: { rest: proxy.shown, stream: proxy.shown }, symbols: [{ symbol: 'BTCUSDT' }] });
  const system = await service.app.inject('/api/system');
  expect(system.json().proxies).toEqual({ rest: proxy.shown, stream: proxy.shown, webhook: proxy.shown });
  for (const path of ['/ready', '/api/system', '/api/recent-errors', '/metrics'])
    expect((await service.app.inject(path)).body).not.toMatch(PASSWORD);
});
