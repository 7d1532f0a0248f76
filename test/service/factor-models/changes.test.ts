import { rename, rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { watchEvents } from '../../../src/events/watch-events.ts';
import { BTC, type Directory, makeDirectory, ROOT_OK, SOL } from '../../helper/factor-directory.ts';
import { startTestService, type TestService } from '../../helper/service.ts';

let service: TestService;
let directory: Directory;
let authorization: string;

beforeAll(async () => {
  service = await startTestService({ env: { MODEL_MANAGER_WATCH_ENABLED: '0' } });
  authorization = `Bearer ${(await service.services.access.createServiceToken('test')).token}`;
});
afterAll(() => service.close());

beforeEach(async () => {
  directory = await makeDirectory(ROOT_OK);
  await call('POST', '/api/models', { model_name: 'alpha', root_path: directory.folder });
});
afterEach(async () => {
  await call('DELETE', '/api/models/alpha');
  await directory.remove();
});

function call(method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) {
  return service.app.inject({
    method,
    url,
    headers: { authorization },
    ...(payload === undefined ? {} : { payload }),
  });
}
const refresh = () => call('POST', '/api/models/alpha/refresh');
const changes = async () => (await call('GET', '/api/models/alpha/changes')).json().items;

test('the first scan of a directory, and a scan without changes, record nothing', async () => {
  expect(await changes()).toEqual([]);
  await refresh();
  expect(await changes()).toEqual([]);
});

test('a scan records files that were added, removed and changed, and factors that were added and removed', async () => {
  await directory.write(`${BTC}_factors.txt`, 'mom_5m\nnew_one\n');
  await rm(directory.path(`${SOL}_ic.csv`));
  await rm(directory.path('nested'), { recursive: true });
  await directory.write('XRPUSDT_up_factors.txt', 'a\n');
  await refresh();
  const [scan, ...others] = await changes();
  expect(others).toEqual([]);
  expect(scan.group_count).toBe(4);
  const [btc, sol, xrp, bnb] = scan.groups;
  // Two factors do not fit a model that takes ten, so the last complete state stays, with its factors.
  expect(btc).toMatchObject({ group_key: BTC, symbol: 'BTCUSDT', change: 'changed' });
  expect(btc.artifacts).toEqual([
    {
      kind: 'factors_txt',
      change: 'changed',
      path: directory.path(`${BTC}_factors.txt`),
      size_bytes: 15,
      modified_at: expect.stringMatching(/\+00:00$/),
    },
  ]);
  expect(sol.artifacts).toMatchObject([{ kind: 'ic_csv', change: 'removed' }]);
  expect(xrp).toMatchObject({ change: 'added', artifacts: [{ kind: 'factors_txt', change: 'added' }] });
  expect(bnb).toMatchObject({ symbol: 'BNBUSDT', change: 'removed' });
  expect(bnb.artifacts.map((one: { change: string }) => one.change)).toEqual(Array(3).fill('removed'));

  await directory.write('XRPUSDT_up_factors.txt', 'b\nc\n');
  await refresh();
  expect((await changes())[0].groups).toMatchObject([
    {
      symbol: 'XRPUSDT',
      factors_added: { count: 2, names: ['b', 'c'] },
      factors_removed: { count: 1, names: ['a'] },
    },
  ]);
  expect(await changes()).toHaveLength(2);
});

test('the first scan after a start records what changed while the service was stopped', async () => {
  await rename(directory.path(`${SOL}_ic.csv`), `${directory.folder}.moved`);
  await service.restart();
  expect(await changes()).toMatchObject([
    { groups: [{ symbol: 'SOLUSDT', artifacts: [{ kind: 'ic_csv', change: 'removed' }] }] },
  ]);
  await rename(`${directory.folder}.moved`, directory.path(`${SOL}_ic.csv`));
});

test('a list of names is limited and has their number', async () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `f${index}`).join('\n');
  await directory.write('XRPUSDT_up_factors.txt', names(1));
  await refresh();
  await directory.write('XRPUSDT_up_factors.txt', names(500));
  await refresh();
  const { factors_added } = (await changes())[0].groups[0];
  expect(factors_added.count).toBe(499);
  expect(factors_added.names).toHaveLength(100);
});

test('every scan and every removal of a model is an event', async () => {
  const events: unknown[] = [];
  watchEvents(service.services.events, 'factor-model', (event) => events.push(event?.data));
  await call('POST', '/api/models', { model_name: 'alpha', root_path: directory.folder });
  expect(events).toEqual([{ model_name: 'alpha', removed: false }]);
  await refresh();
  // A refused registration is no event.
  await call('POST', '/api/models', { model_name: 'beta', root_path: directory.path('nowhere') });
  expect(events).toHaveLength(2);
  await rename(directory.folder, `${directory.folder}-aside`);
  await service.services.factorModels.rescan('alpha', 'seen');
  expect(events).toHaveLength(3);
  await rename(`${directory.folder}-aside`, directory.folder);
  await call('DELETE', '/api/models/alpha');
  expect(events.at(-1)).toEqual({ model_name: 'alpha', removed: true });
});

test('the list of models has the number of factors and whether a model is watched', async () => {
  const { items } = (await call('GET', '/api/models')).json();
  const { factors } = (await call('GET', '/api/models/alpha/factors')).json();
  expect(items).toMatchObject([{ factor_count: factors.length, watched: false }]);
});

test('the uses of a factor are the groups that have it, with its tau in each', async () => {
  const uses = (await call('GET', '/api/models/alpha/factor-uses')).json();
  const { factors } = (await call('GET', '/api/models/alpha/factors')).json();
  expect(uses.items.map((one: { factor_name: string }) => one.factor_name)).toEqual(factors);
  for (const [index, { symbol, group_key }] of uses.groups.entries()) {
    const detail = (await call('GET', `/api/models/alpha/symbols/${symbol}?group_key=${group_key}`)).json();
    const here = uses.items.flatMap(
      (one: { factor_name: string; groups: number[]; kendall_taus: (number | null)[] }) => {
        const at = one.groups.indexOf(index);
        return at === -1 ? [] : [[one.factor_name, one.kendall_taus[at]]];
      },
    );
    const expected = detail.dim_factors.map((one: { factor_name: string; kendall_tau: number | null }) => [
      one.factor_name,
      one.kendall_tau,
    ]);
    expect(new Map(here)).toEqual(new Map(expected));
  }
});
