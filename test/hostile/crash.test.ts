import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { seededRandom } from '../helper/random.ts';
import { faultsOnDisk } from './consistency.ts';
import { ask, freshName, packageForm } from './http-client.ts';
import { amount, report } from './run-length.ts';
import { makeToken, prepareService, type RunningService, until } from './service-process.ts';

const CYCLES = amount(200, 8);
const FACTORS = join(PROJECT_ROOT, 'test', 'fixtures', 'factors', 'root_ok');

/** What the service said it has done. */
const acknowledged = {
  packages: new Set<string>(),
  accounts: new Set<string>(),
  positions: new Map<string, string>(),
  models: new Set<string>(),
};

const countOfWrites = () => Object.values(acknowledged).reduce((sum, { size }) => sum + size, 0);

let service: RunningService;
let token: string;
beforeAll(async () => {
  service = await prepareService();
  token = makeToken(service, 'crash');
});
afterAll(() => service.remove());

/** Writes of all kinds, one after the other, until the service is gone. */
async function load(url: string): Promise<void> {
  const post = (path: string, json: object) => ask(`${url}${path}`, { method: 'POST', json, token });
  const uploads = (async () => {
    for (;;) {
      const answer = await ask(`${url}/model-packages/upload`, {
        method: 'POST',
        body: await packageForm(freshName('p')),
      });
      if (answer === undefined) return;
      if (answer.status === 201) acknowledged.packages.add(String(answer.body.id));
    }
  })();
  const orders = (async () => {
    for (;;) {
      const model_id = freshName('paper_m');
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
      const model = freshName('f');
      const registered = await post('/api/models', { model_name: model, root_path: FACTORS });
      if (registered === undefined) return;
      if (registered.status === 200) acknowledged.models.add(model);
    }
  })();
  await Promise.all([uploads, orders]);
}

const entries = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
/** Moments that are too short to be met by chance often enough. */
const POINTS: Readonly<Record<string, () => boolean>> = {
  'an upload is being written': () => entries(join(service.packages, '.staging')).length > 0,
  'an upload is whole and not yet in place': () =>
    entries(join(service.packages, '.staging')).some(
      (name) => entries(join(service.packages, '.staging', name)).length === 3,
    ),
  'a package stands and its row does not': () =>
    entries(service.packages).some((name) => existsSync(join(service.packages, name, '.pending'))),
};

async function killAt(random: () => number, cycle: number): Promise<string> {
  const names = Object.keys(POINTS);
  const name = cycle % 2 === 0 ? undefined : names[(cycle >> 1) % names.length];
  if (name === undefined) {
    await delay(random() * 400);
    return 'at random';
  }
  const limit = Date.now() + 3000;
  while (!POINTS[name]!() && Date.now() < limit) await new Promise((resolve) => setImmediate(resolve));
  return name;
}

/** Everything that was acknowledged, asked for over HTTP. */
async function expectAllThere(url: string): Promise<void> {
  const get = async (path: string) => {
    const answer = await ask(`${url}${path}`, { token });
    expect(answer, path).toMatchObject({ status: 200 });
    return answer!.body;
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

/** Takes away what was checked, so that the load does not grow from cycle to cycle. */
async function clear(url: string): Promise<void> {
  for (const id of acknowledged.packages) {
    await ask(`${url}/model-packages/${id}/archive`, { method: 'POST' });
    await ask(`${url}/model-packages/${id}`, { method: 'DELETE' });
  }
  for (const name of acknowledged.models) await ask(`${url}/api/models/${name}`, { method: 'DELETE', token });
  for (const set of Object.values(acknowledged)) set.clear();
}

test('kill -9 under load loses nothing that was acknowledged, and leaves nothing half done', async () => {
  const random = seededRandom(20_261_122);
  const kills = new Map<string, number>();
  let checked = 0;
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const { url, end } = await service.start();
    expect(faultsOnDisk(service), `before cycle ${cycle}`).toEqual([]);
    await expectAllThere(url);
    checked += countOfWrites();
    await clear(url);
    const loaded = load(url);
    const writes = countOfWrites();
    await until('something acknowledged', () => countOfWrites() > writes);
    const point = await killAt(random, cycle);
    await end('SIGKILL');
    await loaded;
    kills.set(point, (kills.get(point) ?? 0) + 1);
  }
  const { url } = await service.start();
  expect(faultsOnDisk(service)).toEqual([]);
  await expectAllThere(url);
  report('crashes', {
    cycles: CYCLES,
    'acknowledged writes found again': checked,
    ...Object.fromEntries(kills),
  });
}, 900_000);
