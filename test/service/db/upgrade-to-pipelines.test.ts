import { Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { down } from '../../../migrations/0043_pipelines.ts';
import { migrateSqlite } from '../../../src/db/sqlite/migrate-sqlite.ts';
import { createSqliteDialect } from '../../../src/db/sqlite/sqlite-dialect.ts';
import { SqliteDatabase } from '../../../src/db/sqlite/sqlite-library.ts';
import type { Tables } from '../../../src/db/tables.ts';
import { OLD_STORE_AT, readOldStore, writeOldStore } from '../../helper/old-store.ts';
import { startTestService, type TestService } from '../../helper/service.ts';

const DEFAULTS = { decision_tf: '15m', intrabar_tf: '3m', history_candles: 1500, max_hold_steps: 192 };

let now = OLD_STORE_AT;
let service: TestService;
const get = async (url: string) => (await service.app.inject(url)).json();
const post = async (url: string, payload: object) =>
  (await service.app.inject({ method: 'POST', url, payload })).json();

beforeAll(async () => {
  service = await startTestService({ now: () => now, prepare: writeOldStore });
});
afterAll(() => service.close());

test('packages of an older store have the default pipeline, and stay ready', async () => {
  const packages = await get('/model-packages');
  expect(packages).toHaveLength(2);
  for (const one of packages) {
    expect(one).toMatchObject({ status: 'READY', warmup_status: 'DONE', proof: null, warnings: [] });
    expect(one.manifest).toMatchObject({
      ...DEFAULTS,
      forecast_features: 'steps',
      observation: ['core', 'forecast', 'account'],
      vec_normalize: null,
    });
  }
});

test('accounts keep their lots and decisions, and go on', async () => {
  const before = await get('/paper/account/ppo_v1');
  const pipeline = { decision_tf: '15m', intrabar_tf: '3m', max_hold_steps: 192 };
  expect(before).toMatchObject({ status: 'ACTIVE', epoch: 1, ...pipeline });
  const decisions = (await get('/paper/decisions/ppo_v1')).items;
  now = OLD_STORE_AT + 15 * 60_000;
  expect(await post('/paper/signal', { model_id: 'ppo_v1' })).toMatchObject({ decided: true });
  const after = (await get('/paper/decisions/ppo_v1')).items;
  expect(after.slice(-decisions.length)).toEqual(decisions);
  expect(after.length).toBeGreaterThan(decisions.length);
});

test('a decision on an older store has the forecast of [192, 3]', async () => {
  expect((await get('/paper/ml-signal/beta')).forecast_values).toHaveLength(192);
});

test('replays are kept, and another one runs', async () => {
  const list = await get('/paper/replays');
  expect(list).toMatchObject({ items: [{ state: 'DONE' }] });
  const range = { model_id: 'beta', from: '2026-11-25T20:00:00Z', to: '2026-11-25T22:00:00Z' };
  const { id } = await post('/paper/replays', range);
  await expect.poll(() => get(`/paper/replays/${id}`), { interval: 50 }).toMatchObject({ state: 'DONE' });
});

test('a mismatch of an older store is one of 15m candles, and can go back', async () => {
  const store = new SqliteDatabase(await readOldStore());
  const database = new Kysely<Tables>({ dialect: createSqliteDialect(store) });
  const rows = () => store.prepare('select * from candle_mismatches').all();
  const before = rows();
  await migrateSqlite(store, database);
  const [one] = before as object[];
  expect(rows()).toEqual([{ ...one, timeframe: '15m' }]);
  await down(database as Kysely<unknown>);
  expect(rows()).toEqual(before);
  await database.destroy();
});
