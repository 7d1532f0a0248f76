import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';
import { packageParts, upload } from '../../helper/upload.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

async function call(method: 'GET' | 'PATCH', url: string, payload?: object) {
  const answer = await service.app.inject({ method, url, ...(payload && { payload }) });
  return { status: answer.statusCode, body: answer.json() };
}

const uploaded = async (name: string, files: 'alpha' | 'beta' = 'alpha', ...more: [string, string][]) => {
  const parts = (await packageParts(files)).filter(([field]) => field !== 'name');
  return (await upload(service.app, [['name', name], ...parts, ...more])).json();
};

const idsOf = async (query: string) =>
  (await call('GET', `/model-packages?${query}`)).body.map(({ id }: { id: string }) => id);

test('a name of any script gives a readable id, and equal files are told', async () => {
  const first = await uploaded('Ümlaut 模型');
  expect(first).toMatchObject({ id: 'umlaut_moxing', name: 'Ümlaut 模型', same_files_as: null, tags: [] });
  expect(first.short_hash).toBe(first.hash.slice(0, 8));
  const second = await uploaded('alpha');
  expect(second).toMatchObject({ same_files_as: 'umlaut_moxing', hash: first.hash });
  expect(second.warnings).toContain('It has the same files as umlaut_moxing.');
  const third = await uploaded('alpha', 'beta');
  expect(third).toMatchObject({ id: 'alpha_2', name: 'alpha', same_files_as: null });
  expect(third.short_hash).not.toBe(second.short_hash);
});

test('name, notes and tags are changed, the id stays', async () => {
  const changed = await call('PATCH', '/model-packages/alpha', {
    name: ' Alpha, the U\u0308ber model ',
    notes: 'first line\nsecond line',
    tags: ['Trend', 'live', 'trend'],
  });
  expect(changed.body).toMatchObject({
    id: 'alpha',
    name: 'Alpha, the Über model',
    notes: 'first line\nsecond line',
    tags: ['Trend', 'live'],
  });
  expect((await call('PATCH', '/model-packages/alpha', { notes: null })).body).toMatchObject({
    notes: null,
    tags: ['Trend', 'live'],
  });
});

test.each([
  [{ name: 'a\u202Eb' }],
  [{ name: '' }],
  [{ name: 'x'.repeat(201) }],
  [{ name: null }],
  [{ notes: 'a\u0000' }],
  [{ tags: ['\u2067'] }],
  [{ tags: 'live' }],
  [{ tags: Array.from({ length: 21 }, (_, index) => `t${index}`) }],
  [{ id: 'beta' }],
  [{ status: 'READY' }],
])('%j is refused', async (change) => {
  expect(await call('PATCH', '/model-packages/alpha', change)).toMatchObject({
    status: 400,
    body: { code: 'VALIDATION' },
  });
});

test('an upload with such a name is refused, too', async () => {
  expect(await uploaded('a\u202Eb')).toMatchObject({ status: 400, code: 'VALIDATION' });
});

test('names that look like the default package or an alias are refused', async () => {
  const put = async (alias: string) =>
    (
      await service.app.inject({
        method: 'PUT',
        url: `/model-packages/aliases/${alias}`,
        payload: { model_id: 'alpha' },
      })
    ).statusCode;
  expect(await put('favorite')).toBe(200);
  for (const name of ['рро_v1', 'FAV0RITE']) {
    expect(await uploaded(name)).toMatchObject({ status: 400, code: 'VALIDATION' });
    expect((await call('PATCH', '/model-packages/alpha', { name })).status).toBe(400);
  }
  expect(await put('fav0rite')).toBe(400);
  expect(await put('ppo-v1')).toBe(400);
  expect(await put('favorite')).toBe(200);
  expect((await call('PATCH', '/model-packages/ppo_v1', { name: 'ppo_v1' })).status).toBe(200);
});

test('the list is searched and filtered', async () => {
  await call('PATCH', '/model-packages/alpha_2', { tags: ['Candidate'], notes: 'trained on ETH' });
  expect(await idsOf('search=über')).toEqual(['alpha']);
  expect(await idsOf('search=%20LIVE')).toEqual(['alpha']);
  expect(await idsOf('search=eth')).toEqual(['alpha_2']);
  expect(await idsOf('tag=candidate')).toEqual(['alpha_2']);
  expect(await idsOf('tag=cand')).toEqual([]);
  expect(await idsOf('state=ARCHIVED')).toEqual([]);
  expect(await idsOf('search=nothing%20like%20this')).toEqual([]);
  const { hash, files } = (await call('GET', '/model-packages/alpha_2')).body;
  expect(await idsOf(`search=${hash.slice(0, 8)}`)).toEqual(['alpha_2']);
  expect(await idsOf(`search=${files[0].sha256.slice(0, 12).toUpperCase()}`)).toEqual(['alpha_2']);
  expect((await call('GET', '/model-packages?state=nowhere')).status).toBe(400);
});

test('versions are a chain, whichever of them an upload names', async () => {
  const versions = async () =>
    (await call('GET', '/model-packages')).body
      .filter(({ name }: { name: string }) => name.startsWith('chain'))
      .map(({ id, version_of, version }: Record<string, unknown>) => [id, version_of, version])
      .sort();
  await uploaded('chain');
  expect(await uploaded('chain b', 'beta', ['version_of', 'chain'])).toMatchObject({ version: 2 });
  await service.app.inject({
    method: 'PUT',
    url: '/model-packages/aliases/candidate',
    payload: { model_id: 'chain_b' },
  });
  await uploaded('chain c', 'alpha', ['version_of', '@candidate']);
  await uploaded('chain d', 'alpha', ['version_of', 'paper_chain']);
  expect(await versions()).toEqual([
    ['chain', null, 1],
    ['chain_b', 'chain', 2],
    ['chain_c', 'chain', 3],
    ['chain_d', 'chain', 4],
  ]);
  for (const name of ['nobody', '@nobody', '../chain'])
    expect(await uploaded('chain e', 'alpha', ['version_of', name])).toMatchObject({ status: 404 });

  await service.app.inject({ method: 'POST', url: '/model-packages/chain/archive' });
  expect((await service.app.inject({ method: 'DELETE', url: '/model-packages/chain' })).statusCode).toBe(204);
  expect(await versions()).toEqual([
    ['chain_b', null, 2],
    ['chain_c', 'chain_b', 3],
    ['chain_d', 'chain_b', 4],
  ]);
});
