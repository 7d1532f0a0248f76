import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import SqliteDatabase from 'better-sqlite3';
import { Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { down } from '../../../migrations/0043_pipelines.ts';
import { migrateSqlite } from '../../../src/db/sqlite/migrate-sqlite.ts';
import { createSqliteDialect } from '../../../src/db/sqlite/sqlite-dialect.ts';
import type { Tables } from '../../../src/db/tables.ts';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { startTestService, type TestService } from '../../helper/service.ts';

const FIXTURES = join(PROJECT_ROOT, 'test', 'fixtures');
const OLD_STORE = join(FIXTURES, 'stores', 'before_pipelines.sqlite.gz');
/** Three candles after the first poll of the store. */
const STORED_AT = Date.parse('2026-11-26T01:46:00Z');
const DEFAULTS = { decision_tf: '15m', intrabar_tf: '3m', history_candles: 1500, max_hold_steps: 192 };

let now = STORED_AT;
let service: TestService;
const get = async (url: string) => (await service.app.inject(url)).json();
const post = async (url: string, payload: object) =>
  (await service.app.inject({ method: 'POST', url, payload })).json();

/** The store of a service before pipelines could be declared: two packages, three open lots, a replay. */
async function writeOldStore(folder: string): Promise<void> {
  const file = join(folder, 'paperdesk.sqlite');
  await writeFile(file, gunzipSync(await readFile(OLD_STORE)));
  await cp(join(FIXTURES, 'packages', 'beta'), join(folder, 'packages', 'beta'), { recursive: true });
  const store = new SqliteDatabase(file);
  for (const column of ['forecast_rel_path', 'ppo_rel_path', 'scaler_rel_path']) {
    store
      .prepare(`update model_packages set ${column} = ? || ${column} where id = 'beta'`)
      .run(`${relative(PROJECT_ROOT, folder)}/`);
  }
  store.close();
}

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
  now = STORED_AT + 15 * 60_000;
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
  const store = new SqliteDatabase(gunzipSync(await readFile(OLD_STORE)));
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
