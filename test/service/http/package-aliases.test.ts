import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServiceEvent } from '../../../src/events/event-hub.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { packageParts, upload, warmedUp } from '../../helper/upload.ts';
import { waitUntil } from '../../helper/wait.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
  for (const name of ['alpha', 'gamma'] as const) {
    await upload(service.app, await packageParts(name));
    await warmedUp(service.app, name);
  }
});
afterAll(() => service.close());

async function call(method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) {
  const answer = await service.app.inject({ method, url, ...(payload && { payload }) });
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
}

const move = (alias: string, body: object) =>
  call('PUT', `/model-packages/aliases/${encodeURIComponent(alias)}`, body);

test('an alias stands for a package in paths, queries and bodies, and is moved', async () => {
  const events: ServiceEvent[] = [];
  const stop = service.services.events.subscribe({
    onEvent: (event) => void events.push(event),
    onReset() {},
  });
  expect(await move('champion', { model_id: 'alpha' })).toMatchObject({
    status: 200,
    body: { alias: 'champion', model_package_id: 'alpha' },
  });
  expect((await call('GET', '/model-packages/@champion')).body).toMatchObject({
    id: 'alpha',
    aliases: ['champion'],
  });
  const urls = [
    '/paper/signal?model_id=@champion',
    '/paper/signal?model_id=paper_@champion',
    '/paper/account/paper_@champion',
    '/paper/dashboard/paper_@champion',
    '/paper/positions/@champion',
    '/paper/decisions/%40champion',
    '/model-packages/@champion/drift',
    '/paper/replays?model_id=paper_@champion',
    '/paper/compare/pairs?models=@champion,ppo_v1',
  ];
  await call('POST', '/paper/signal', { model_id: 'ppo_v1' });
  const named = await call('POST', '/paper/signal', { model_id: 'paper_@champion' });
  expect(named.body).toMatchObject({ model_id: 'paper_alpha', reason: expect.anything() });
  for (const url of urls) expect(await call('GET', url), url).toMatchObject({ status: 200 });

  expect(await move('champion', { model_id: 'paper_gamma', expected: 'alpha' })).toMatchObject({
    status: 200,
  });
  expect((await call('POST', '/paper/signal', { model_id: 'paper_@champion' })).body).toMatchObject({
    model_id: 'paper_gamma',
  });
  expect((await call('GET', '/model-packages/alpha')).body).toMatchObject({ aliases: [] });
  expect((await call('GET', '/model-packages/aliases')).body).toMatchObject([
    { alias: 'champion', model_package_id: 'gamma' },
  ]);
  expect((await call('GET', '/model-packages?search=CHAMP')).body).toMatchObject([{ id: 'gamma' }]);
  const moved = (id: string) =>
    events.some(({ kind, data }) => kind === 'package' && data.id === id && data.alias_means === 'gamma');
  await waitUntil('events name both packages', () => moved('alpha') && moved('gamma'));
  stop();
});

test('an alias may point to the package of another one, and packages may have several', async () => {
  await move('candidate', { model_id: '@champion' });
  expect((await call('GET', '/model-packages/gamma')).body.aliases).toEqual(['candidate', 'champion']);
  expect((await call('DELETE', '/model-packages/aliases/candidate')).status).toBe(204);
  expect(await call('DELETE', '/model-packages/aliases/candidate')).toMatchObject({
    status: 404,
    body: { code: 'ALIAS_NOT_FOUND' },
  });
});

test('one of two moves that expect the same wins', async () => {
  await move('contended', { model_id: 'alpha', expected: null });
  const moves = await Promise.all(
    ['gamma', 'ppo_v1'].map((model_id) => move('contended', { model_id, expected: 'alpha' })),
  );
  expect(moves.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(moves.find(({ status }) => status === 409)?.body).toMatchObject({
    code: 'ALIAS_MOVED',
    detail: expect.stringMatching(/contended means (gamma|ppo_v1), not alpha/),
  });
  expect(await move('contended', { model_id: 'alpha', expected: null })).toMatchObject({ status: 409 });
  await call('DELETE', '/model-packages/aliases/contended');
});

test.each(['Champion', '@champion', 'a'.repeat(33), '-a', 'a.', '__proto__', 'a b', 'a/b', 'ä', '\u202Ea'])(
  '%j is no alias',
  async (alias) => {
    expect([400, 404]).toContain((await move(alias, { model_id: 'alpha' })).status);
    const answer = await call('GET', `/paper/signal?model_id=${encodeURIComponent(`paper_@${alias}`)}`);
    expect([400, 404]).toContain(answer.status);
  },
);

test.each([
  [{ model_id: 'nobody' }, 404],
  [{ model_id: '@nobody' }, 404],
  [{ model_id: 'alpha', expected: 'nobody' }, 409],
  [{}, 400],
  [{ model_id: ['alpha'] }, 400],
  [{ model_id: 'alpha', expected: '' }, 400],
  [{ model_id: 'alpha', force: true }, 400],
])('%j is refused', async (body, status) => {
  expect(await move('unused', body)).toMatchObject({ status });
  expect((await call('GET', '/model-packages/aliases')).body).toHaveLength(1);
});

test('a request that names thousands of aliases is refused', async () => {
  const many = Array.from({ length: 5000 }, () => '@champion');
  expect(await call('POST', '/paper/signal', { model_id: many })).toMatchObject({ status: 400 });
  expect(await call('POST', '/paper/signal', { model_id: many.join(',') })).toMatchObject({ status: 400 });
});

test('a package with an alias is deleted only with it', async () => {
  await move('old', { model_id: 'alpha' });
  await call('POST', '/model-packages/alpha/archive');
  expect(await move('older', { model_id: 'alpha' })).toMatchObject({
    status: 409,
    body: { code: 'PACKAGE_ARCHIVED' },
  });
  await call('POST', '/paper/account/paper_alpha/reset');
  expect(await call('DELETE', '/model-packages/alpha')).toMatchObject({
    status: 409,
    body: { code: 'PACKAGE_STATE', detail: expect.stringMatching(/alpha has the alias old;/) },
  });
  expect((await call('DELETE', '/model-packages/alpha?remove_aliases=true')).status).toBe(204);
  expect((await call('GET', '/model-packages/aliases')).body).toMatchObject([{ alias: 'champion' }]);
  expect(await call('GET', '/model-packages/@old')).toMatchObject({
    status: 404,
    body: { code: 'ALIAS_NOT_FOUND' },
  });
});
