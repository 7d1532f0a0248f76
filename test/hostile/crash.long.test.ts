// promise: docs/security.md "A crash leaves a complete package or nothing"

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { seededRandom } from '../helper/random.ts';
import { prepareService, type RestartableService } from '../helper/restartable-service.ts';
import { packageForm } from '../helper/upload.ts';
import { waitUntil } from '../helper/wait.ts';
import { findInconsistencies } from './consistency.ts';
import { createToken } from './create-token.ts';
import { send, uniqueName } from './http-client.ts';
import { report } from './report.ts';

const CYCLES = 200;
const FACTORS = join(PROJECT_ROOT, 'test', 'fixtures', 'factors', 'root_ok');

/** Writes that the service has confirmed. */
const acknowledged = {
  packages: new Set<string>(),
  accounts: new Set<string>(),
  positions: new Map<string, string>(),
  models: new Set<string>(),
};

const acknowledgedWrites = () => Object.values(acknowledged).reduce((sum, { size }) => sum + size, 0);

let service: RestartableService;
let token: string;
beforeAll(async () => {
  // So that kills also hit migrations and the warm-up.
  service = await prepareService({ isFirstStart: true });
  token = await createToken(service.database, 'crash');
});
afterAll(() => service.remove());

/** Uploads packages, and creates accounts, positions and factor models, until the service is gone. */
async function writeUntilKilled(url: string): Promise<void> {
  const post = (path: string, json: object) => send(`${url}${path}`, { method: 'POST', json, token });
  const uploads = (async () => {
    for (;;) {
      const reply = await send(`${url}/model-packages/upload`, {
        method: 'POST',
        body: await packageForm(uniqueName('p')),
      });
      if (reply === undefined) return;
      if (reply.status === 201) acknowledged.packages.add(String(reply.body.id));
    }
  })();
  const rows = (async () => {
    for (;;) {
      const model_id = uniqueName('paper_m');
      const account = await post('/paper/account/create', {
        model_id,
        symbol: 'BTCUSDT',
        initial_balance: 5000,
      });
      if (account === undefined) return;
      if (account.status === 201) acknowledged.accounts.add(model_id);
      const position = await post('/paper/position/open', { model_id, side: 'Long', size_usdt: 500 });
      if (position === undefined) return;
      if (position.status === 200) acknowledged.positions.set(String(position.body.id), model_id);
      const model = uniqueName('f');
      const registered = await post('/api/models', { model_name: model, root_path: FACTORS });
      if (registered === undefined) return;
      if (registered.status === 200) acknowledged.models.add(model);
    }
  })();
  await Promise.all([uploads, rows]);
}

const entries = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
/** States that are too short for a random moment to hit them often enough. */
const STATES: Readonly<Record<string, () => boolean>> = {
  'an upload is being written': () => entries(join(service.packages, '.staging')).length > 0,
  'an upload is complete, its folder not yet in place': () =>
    entries(join(service.packages, '.staging')).some(
      (name) => entries(join(service.packages, '.staging', name)).length === 3,
    ),
  'a package folder is in place, its row not yet': () =>
    entries(service.packages).some((name) => existsSync(join(service.packages, name, '.pending'))),
};

/** Waits for the moment to kill the service: a random one in every second cycle, one of the states in the others. */
async function momentToKill(random: () => number, cycle: number): Promise<string> {
  const names = Object.keys(STATES);
  const name = cycle % 2 === 0 ? undefined : names[(cycle >> 1) % names.length];
  if (name === undefined) {
    await delay(random() * 400);
    return 'at random';
  }
  const limit = Date.now() + 3000;
  while (!STATES[name]!() && Date.now() < limit) await new Promise((resolve) => setImmediate(resolve));
  return name;
}

/** Expects to find every acknowledged write over HTTP. */
async function expectAcknowledged(url: string): Promise<void> {
  const get = async (path: string) => {
    const reply = await send(`${url}${path}`, { token });
    expect(reply, path).toMatchObject({ status: 200 });
    return reply!.body;
  };
  const packages = (await get('/model-packages')) as unknown as { id: string }[];
  expect(packages.map(({ id }) => id)).toEqual(expect.arrayContaining([...acknowledged.packages]));
  const { items } = (await get('/api/models')) as { items: { model_name: string }[] };
  expect(items.map(({ model_name }) => model_name)).toEqual(expect.arrayContaining([...acknowledged.models]));
  for (const id of acknowledged.accounts) expect((await get(`/paper/account/${id}`)).model_id).toBe(id);
  for (const [id, account] of acknowledged.positions) {
    const { positions } = (await get(`/paper/positions/${account}?limit=500`)) as {
      positions: { id: string }[];
    };
    expect(positions.map((position) => position.id)).toContain(id);
  }
}

/** Deletes what was checked, so that the load does not grow from cycle to cycle. */
async function deleteChecked(url: string): Promise<void> {
  for (const id of acknowledged.packages) {
    await send(`${url}/model-packages/${id}/archive`, { method: 'POST' });
    await send(`${url}/model-packages/${id}`, { method: 'DELETE' });
  }
  for (const name of acknowledged.models)
    await send(`${url}/api/models/${name}`, { method: 'DELETE', token });
  for (const set of Object.values(acknowledged)) set.clear();
}

test('kill -9 under load loses no acknowledged write, and leaves nothing half done', async () => {
  const random = seededRandom(20_261_122);
  const kills = new Map<string, number>();
  let checked = 0;
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const { url, end } = await service.start();
    expect(findInconsistencies(service), `before cycle ${cycle}`).toEqual([]);
    await expectAcknowledged(url);
    checked += acknowledgedWrites();
    await deleteChecked(url);
    const load = writeUntilKilled(url);
    const before = acknowledgedWrites();
    await waitUntil('a write is acknowledged', () => acknowledgedWrites() > before);
    const moment = await momentToKill(random, cycle);
    await end('SIGKILL');
    await load;
    kills.set(moment, (kills.get(moment) ?? 0) + 1);
  }
  const { url } = await service.start();
  expect(findInconsistencies(service)).toEqual([]);
  await expectAcknowledged(url);
  report('crashes', {
    cycles: CYCLES,
    'acknowledged writes found again': checked,
    ...Object.fromEntries(kills),
  });
}, 900_000);
