import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';
import { packageParts, upload, warmedUp } from '../../helper/upload.ts';

const START = Date.parse('2026-11-26T00:16:00Z');

let now = START;
let service: TestService;
let address: string;
beforeEach(async () => {
  now = START;
  service = await startTestService({ now: () => now });
  address = await service.app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => service.close());

/** Opens the event stream; `read` reads until `enough` accepts the text so far, and returns it. */
async function listen(enough: (text: string) => boolean, headers: Record<string, string> = {}) {
  const away = new AbortController();
  const answer = await fetch(`${address}/events`, { headers, signal: away.signal });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  expect(answer.headers.get('cache-control')).toBe('no-cache, no-store, no-transform');
  expect(answer.headers.get('x-accel-buffering')).toBe('no');
  async function read(): Promise<string> {
    let text = '';
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (enough(text)) break;
    }
    away.abort();
    return text;
  }
  return { read };
}

test('an upload and its warm-up send events, and a client that reconnects gets them again', async () => {
  const stream = await listen((text) => (text.match(/event: package/g)?.length ?? 0) >= 4);
  await upload(service.app, await packageParts('gamma'));
  await warmedUp(service.app, 'gamma');
  const text = await stream.read();
  expect(text).toContain('data: {"id":"gamma","removed":false}');

  const first = /id: (\S+)/.exec(text)![1]!;
  const again = await listen((more) => (more.match(/event: package/g)?.length ?? 0) >= 3, {
    'last-event-id': first,
  });
  expect(await again.read()).not.toContain(`id: ${first}\n`);
});

test('a closed 15m candle sends an event once it is stored', async () => {
  const stream = await listen((text) => text.includes('event: market'));
  now += 15 * 60_000;
  expect(await stream.read()).toContain(
    'data: {"symbol":"BTCUSDT","timeframe":"15m","closed_at":"2026-11-26T00:30:00.000Z"}',
  );
});

test('pause, resume and reset of an account send events', async () => {
  const stream = await listen((text) => (text.match(/event: account/g)?.length ?? 0) >= 3);
  const path = '/paper/account/ppo_v1';
  for (const command of ['pause', 'resume', 'reset']) {
    const answer = await service.app.inject({ method: 'POST', url: `${path}/${command}` });
    expect(answer.statusCode, answer.body).toBe(200);
  }
  const told = (await stream.read()).matchAll(/event: account\ndata: (.*)/g);
  expect(Array.from(told, ([, data]) => JSON.parse(data as string))).toEqual([
    { model_id: 'paper_ppo_v1', status: 'PAUSED', epoch: 1 },
    { model_id: 'paper_ppo_v1', status: 'ACTIVE', epoch: 1 },
    { model_id: 'paper_ppo_v1', status: 'ACTIVE', epoch: 2 },
  ]);
});

test('a client that reconnects after a restart must load the state again', async () => {
  const stream = await listen((text) => text.includes('reset'), { 'last-event-id': 'another-run-7' });
  // Events of the start may follow in the same chunk.
  expect(await stream.read()).toMatch(/^: listening\n\nevent: reset\ndata: {}\n\n/);
});

test('an open event stream does not delay the end of the service', async () => {
  const answer = await fetch(`${address}/events`);
  const reader = answer.body!.getReader();
  await reader.read();
  await service.app.close();
  expect((await reader.read()).done).toBe(true);
});
