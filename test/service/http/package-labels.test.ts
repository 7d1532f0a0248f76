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
