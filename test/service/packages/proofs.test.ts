// promise: docs/security.md "Only finite weights are accepted"
// promise: pipelines.md, table "Proof | field"

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { PaperdeskError } from '../../../src/errors.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { packageParts, upload } from '../../helper/upload.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

const ids = async () =>
  (await service.app.inject('/model-packages')).json<{ id: string }[]>().map(({ id }) => id);
const storedFiles = () => readdir(join(service.folder, 'packages'), { recursive: true });

test('a proof that disagrees is refused with the first quantity that parts, and nothing is stored', async () => {
  const before = [await ids(), (await storedFiles()).sort()];
  const answer = await upload(service.app, await packageParts('delta', { proof: 'delta/proof_wrong.json' }));
  expect(answer.json()).toMatchObject({
    status: 422,
    code: 'PROOF_MISMATCH',
    detail: expect.stringMatching(/other features than the proof: case \d+ ema_200_dist: /),
  });
  expect([await ids(), (await storedFiles()).sort()]).toEqual(before);
});

test('a proof without a quantity to compare is refused', async () => {
  const parts = await packageParts('delta', { proof: 'delta/proof.json' });
  const [name, proof] = parts.pop()!;
  const { cases, ...rest } = JSON.parse(proof.toString()) as { cases: { candles: unknown }[] };
  // Account values are what a case is decided for; nothing is compared with them.
  const account_state = Array.from({ length: 9 }, () => 0);
  const bare = JSON.stringify({ ...rest, cases: cases.map(({ candles }) => ({ candles, account_state })) });
  const answer = await upload(service.app, [...parts, [name, Buffer.from(bare)]]);
  expect(answer.json()).toMatchObject({ status: 422, code: 'PROOF_INVALID' });
  expect(answer.json<{ detail: string }>().detail).toMatch(
    /give some of features, .*forecast_features, observation, .*action\.$/,
  );
  expect(await ids()).not.toContain('delta');
});

test.each([
  ['is not JSON', 'delta/scaler.pkl', 'PROOF_INVALID'],
  ['is of another kind', 'delta/manifest.json', 'PROOF_INVALID'],
])('a proof that %s is refused', async (_, proof, code) => {
  const answer = await upload(service.app, await packageParts('delta', { proof }));
  expect(answer.json()).toMatchObject({ status: 422, code });
  expect(await ids()).not.toContain('delta');
});

test('a proof that takes too long is refused with its time and the limit, and not to be tried again', async () => {
  const detail = 'A computation was stopped. A forecast may take 2000 ms (FORECAST_MAX_MS).';
  vi.spyOn(service.services.backgroundEngine, 'forecast').mockRejectedValueOnce(
    new PaperdeskError('FORECAST_TOO_SLOW', detail, { retryAfterSeconds: 5 }),
  );
  const answer = await upload(service.app, await packageParts('delta', { proof: 'delta/proof.json' }));
  expect(answer.json()).toMatchObject({
    status: 422,
    code: 'PROOF_TOO_SLOW',
    detail: `The proof cannot be computed. ${detail}`,
  });
  expect(answer.headers['retry-after']).toBeUndefined();
  expect(await ids()).not.toContain('delta');
});

test('a proof that agrees is kept and shown, also after a restart', async () => {
  const answer = await upload(service.app, await packageParts('delta', { proof: 'delta/proof.json' }));
  expect(answer.statusCode, answer.body).toBe(201);
  const proof = {
    cases: 3,
    largest_differences: {
      features: expect.any(Number),
      quantiles: expect.any(Number),
      observation: expect.any(Number),
      action: expect.any(Number),
    },
  };
  expect(answer.json()).toMatchObject({ proof });
  await service.restart();
  const [listed] = (await service.app.inject('/model-packages'))
    .json<{ id: string }[]>()
    .filter(({ id }) => id === 'delta');
  expect(listed).toMatchObject({ proof });
});

test('a package without a proof says so', async () => {
  const answer = await upload(service.app, await packageParts('alpha'));
  expect(answer.json()).toMatchObject({ proof: null, warnings: [] });
});

test('a normalization of observations is shown, and must have their size', async () => {
  const zeta = await packageParts('zeta');
  const normalization = zeta.find(([name]) => name === 'vec_normalize')!;
  const answer = await upload(service.app, zeta);
  expect(answer.json().manifest.vec_normalize).toMatchObject({
    norm_obs: true,
    clip_obs: expect.any(Number),
  });

  const others = [...(await packageParts('delta')), normalization];
  expect((await upload(service.app, others)).json()).toMatchObject({
    status: 422,
    code: 'OBSERVATION_SIZE',
    detail: expect.stringMatching(/72.*74|74.*72/),
  });
});

test('the training code writes "3m" at every timeframe: one that does not divide is replaced, with a warning', async () => {
  const manifest = { decision_tf: '1h', intrabar_tf: '30m' };
  const refused = await upload(service.app, await packageParts('epsilon', { manifest }));
  expect(refused.json()).toMatchObject({ status: 422, code: 'MANIFEST_INVALID' });
  const parts = await packageParts('eta', { manifest: { decision_tf: '5m', intrabar_tf: '3m' } });
  const answer = await upload(service.app, parts);
  expect(answer.statusCode, answer.body).toBe(201);
  expect(answer.json()).toMatchObject({
    manifest: { intrabar_tf: '1m' },
    warnings: [expect.stringMatching(/3m.*5m.*1m/)],
  });
});
