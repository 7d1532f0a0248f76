// promise: docs/security.md "the SQLite files of the old system"

import { copyFile, cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/db/open-database.ts';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { importLegacy } from '../../../src/tools/import-legacy/import-legacy.ts';
import { openLegacyFile } from '../../../src/tools/import-legacy/legacy-file-repository.ts';
import { type ImportReport, reportText } from '../../../src/tools/import-legacy/report.ts';
import { runCommandHere } from '../../helper/command.ts';
import { newFolder, type OldTables, oldAccount, oldPosition, writeOldFile } from '../../helper/old-files.ts';
import { startTestService, type TestService } from '../../helper/service.ts';

const FIXTURES = join(PROJECT_ROOT, 'test', 'fixtures', 'packages');

/** An old system's folder with the files of gamma, and a file that is refused. */
async function oldSystem(tables: OldTables) {
  const folder = await newFolder();
  await cp(join(FIXTURES, 'gamma'), join(folder, 'models', 'packages', 'gamma'), { recursive: true });
  const bad = join(folder, 'models', 'packages', 'bad');
  await mkdir(bad, { recursive: true });
  await copyFile(join(FIXTURES, 'refused', 'forecast_whole_module.pt'), join(bad, 'forecast_model.pt'));
  await copyFile(join(FIXTURES, 'gamma', 'ppo_policy.zip'), join(bad, 'ppo_policy.zip'));
  const { model_packages = [], ...paper } = tables;
  writeOldFile(join(folder, 'registry.sqlite'), { model_packages }).close();
  writeOldFile(join(folder, 'paper.sqlite'), { paper_accounts: [], paper_positions: [], ...paper }).close();
  return folder;
}

function oldPackage(id: string, changes: Record<string, unknown> = {}) {
  return {
    ...{ id, name: `The ${id}`, created_at: '2025-10-01T00:00:00Z', status: 'READY' },
    forecast_rel_path: `models/packages/${id}/forecast_model.pt`,
    ppo_rel_path: `models/packages/${id}/ppo_policy.zip`,
    ...changes,
  };
}

let service: TestService | undefined;
afterEach(async () => {
  await service?.close();
  service = undefined;
});

/** Imports into the store of a running service, as a second connection to it. */
async function importInto(
  { services, config }: TestService,
  folder: string,
  { dryRun = false, files = folder } = {},
): Promise<ImportReport> {
  const database = await openDatabase(config.store);
  const registry = await openLegacyFile(join(folder, 'registry.sqlite'));
  const paper = await openLegacyFile(join(folder, 'paper.sqlite'));
  let ids = 0;
  try {
    return await importLegacy(
      { registry, paper },
      {
        ...{ database, registry: services.registry, store: services.packageStore, dryRun },
        files: { root: files, maxBytes: 2 ** 30 },
        newId: () => `import-${++ids}`,
        now: services.clock.now,
      },
    );
  } finally {
    await registry.close();
    await paper.close();
    await database.destroy();
  }
}

async function get({ app }: TestService, url: string) {
  const answer = await app.inject(url);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

describe('old packages', () => {
  test('are taken by the validation of an upload, once; what cannot be is named with a code', async () => {
    service = await startTestService();
    const outside = await newFolder();
    const folder = await oldSystem({
      model_packages: [
        oldPackage('gamma', { status: 'ARCHIVED' }),
        oldPackage('bad'),
        oldPackage('gone'),
        oldPackage('up', { forecast_rel_path: '../../etc/passwd' }),
        oldPackage('absolute', {
          forecast_rel_path: 'models/packages/gamma/forecast_model.pt',
          ppo_rel_path: '/etc/passwd',
        }),
        oldPackage('linked'),
        oldPackage('windows', {
          forecast_rel_path: 'models\\packages\\gamma\\forecast_model.pt',
          ppo_rel_path: 'models\\packages\\gamma\\ppo_policy.zip',
        }),
      ],
    });
    await cp(join(FIXTURES, 'gamma'), join(outside, 'linked'), { recursive: true });
    await symlink(join(outside, 'linked'), join(folder, 'models', 'packages', 'linked'));

    const trial = await importInto(service, folder, { dryRun: true });
    expect((await get(service, '/model-packages')).map(({ id }: { id: string }) => id)).toEqual(['ppo_v1']);
    const report = await importInto(service, folder);
    const outcomes = (of: ImportReport) =>
      of.packages.map(({ old_id, outcome, code }) => [old_id, outcome, code]);
    expect(outcomes(report)).toEqual([
      ['gamma', 'taken', null],
      ['bad', 'not taken', 'PT_PICKLED_MODULE'],
      ['gone', 'not taken', 'FILES_MISSING'],
      ['up', 'not taken', 'PATH_OUTSIDE'],
      ['absolute', 'not taken', 'PATH_OUTSIDE'],
      ['linked', 'not taken', 'PATH_OUTSIDE'],
      ['windows', 'taken', null],
    ]);
    expect(outcomes(trial)).toEqual(outcomes(report));
    const gamma = await get(service, '/model-packages/gamma');
    expect(gamma).toMatchObject({ name: 'The gamma', status: 'ARCHIVED', warmup_status: 'PENDING' });
    expect(gamma.files.map(({ name }: { name: string }) => name).sort()).toEqual([
      'forecast_model.pt',
      'ppo_policy.zip',
      'scaler.pkl',
    ]);

    const again = await importInto(service, folder);
    expect(again.packages.filter(({ outcome }) => outcome === 'there already').map(({ id }) => id)).toEqual([
      'gamma',
      'windows',
    ]);
    expect(await get(service, '/model-packages')).toHaveLength(3);
    expect(reportText(again)).toContain('7 packages: 0 taken, 2 there already, 5 not taken.');
  });

  test('whose id is another package here get the next one, and their accounts go with them', async () => {
    service = await startTestService();
    const first = await oldSystem({ model_packages: [oldPackage('gamma')] });
    await importInto(service, first);
    const second = await oldSystem({
      model_packages: [oldPackage('gamma')],
      paper_accounts: [oldAccount()],
      paper_positions: [oldPosition()],
    });
    await copyFile(
      join(FIXTURES, 'beta', 'ppo_policy.zip'),
      join(second, 'models', 'packages', 'gamma', 'ppo_policy.zip'),
    );
    const report = await importInto(service, second);
    expect(report.packages).toMatchObject([{ outcome: 'taken', id: 'gamma_2' }]);
    expect(report.accounts).toMatchObject([{ outcome: 'taken', id: 'paper_gamma_2' }]);
    expect((await importInto(service, second)).packages).toMatchObject([
      { outcome: 'there already', id: 'gamma_2' },
    ]);
  });
});

describe('old accounts', () => {
  const positions = [
    oldPosition(),
    oldPosition({
      side: 'Short',
      realized_pnl_usdt: -3.25,
      close_time: '2025-11-03T00:00:00Z',
      close_reason: 'SL',
    }),
    oldPosition({ status: 'OPEN', close_time: null, margin_usdt: 100 }),
    oldPosition({ model_id: 'nobody' }),
  ];

  test('become a closed epoch before the first, which reconciles, and begin afresh', async () => {
    service = await startTestService();
    const folder = await oldSystem({ paper_accounts: [oldAccount()], paper_positions: positions });
    const trial = await importInto(service, folder, { dryRun: true });
    expect((await service.app.inject('/paper/account/paper_gamma')).statusCode).toBe(404);
    const report = await importInto(service, folder);
    expect({ ...trial, dry_run: false }).toEqual(report);
    expect(report).toMatchObject({
      accounts: [
        {
          outcome: 'taken',
          id: 'paper_gamma',
          opening_balance: 10_000,
          closing_balance: 10_009.25,
          old_balance: 10_120,
          positions_taken: 2,
          positions_not_taken: [{ old_id: '3', reason: 'it was still open.' }],
          notes: [expect.stringContaining('do not explain 110.75 of it')],
        },
      ],
      notes: ['1 positions belong to no account and are not taken.'],
    });

    const account = await get(service, '/paper/account/paper_gamma');
    expect(account).toMatchObject({
      ...{ epoch: 1, balance_usdt: 10_000, total_trades: 0, status: 'ACTIVE' },
      ...{ model_package_id: 'gamma', max_positions: 5, default_leverage: 3 },
    });
    const trades = await get(service, '/paper/trades/paper_gamma');
    expect(trades.items).toMatchObject([
      { side: 'Short', realized_pnl_usdt: -3.25, close_reason: 'STOP_LOSS', status: 'CLOSED' },
      { side: 'Long', realized_pnl_usdt: 12.5, close_reason: 'TAKE_PROFIT', margin_usdt: 200 },
    ]);
    const { items } = await get(service, '/paper/ledger/paper_gamma');
    expect(
      items.map(({ epoch, kind, amount_usdt, wallet_after }: Record<string, unknown>) => [
        epoch,
        kind,
        amount_usdt,
        wallet_after,
      ]),
    ).toEqual([
      [0, 'reset', -9.25, 10_000],
      [0, 'realised_pnl', -3.25, 10_009.25],
      [0, 'realised_pnl', 12.5, 10_012.5],
    ]);
    const { statusCode } = await service.app.inject('/paper/account/paper_gamma/performance');
    expect(statusCode).toBe(200);

    const again = await importInto(service, folder);
    expect(again.accounts).toMatchObject([{ outcome: 'there already', id: 'paper_gamma' }]);
    expect((await get(service, '/paper/ledger/paper_gamma')).items).toHaveLength(3);
  });

  test('that are here already stay as they are, with the old history before theirs', async () => {
    service = await startTestService();
    await service.app.inject({
      method: 'POST',
      url: '/paper/account/create',
      payload: { model_id: 'ppo_v1', initial_balance: 500 },
    });
    const before = await get(service, '/paper/account/paper_v3_ppo');
    const folder = await oldSystem({
      paper_accounts: [oldAccount({ model_id: 'paper_v3_ppo', model_package_id: 'ppo_v1' })],
      paper_positions: [oldPosition({ model_id: 'paper_v3_ppo' })],
    });
    const report = await importInto(service, folder);
    expect(report.accounts).toMatchObject([
      {
        outcome: 'taken',
        id: 'paper_ppo_v1',
        notes: [expect.stringContaining('exists already'), expect.anything()],
      },
    ]);
    const after = await get(service, '/paper/account/paper_v3_ppo');
    // What the exchange says becomes known meanwhile.
    const { symbol_trades, mark_price, mark_time } = before;
    expect({ ...after, symbol_trades, mark_price, mark_time }).toEqual(before);
    const { items } = await get(service, '/paper/ledger/paper_v3_ppo');
    expect(items[0]).toMatchObject({ epoch: 0, kind: 'reset', wallet_after: 500 });
  });

  test('whose package is found by a later run are met by it', async () => {
    service = await startTestService();
    const folder = await oldSystem({
      model_packages: [oldPackage('gamma')],
      paper_accounts: [oldAccount()],
      paper_positions: [oldPosition()],
    });
    const first = await importInto(service, folder, { files: await newFolder() });
    expect(first).toMatchObject({
      packages: [{ outcome: 'not taken', code: 'FILES_MISSING' }],
      accounts: [{ outcome: 'taken', id: 'paper_gamma' }],
    });
    const second = await importInto(service, folder);
    expect(second).toMatchObject({
      packages: [{ outcome: 'taken', id: 'gamma' }],
      accounts: [{ outcome: 'there already', id: 'paper_gamma' }],
    });
    expect(await get(service, '/paper/account/gamma')).toMatchObject({
      model_package_id: 'gamma',
      warmup_status: 'PENDING',
    });
  });

  test('of one name, of another symbol than here, or with too much money are not taken', async () => {
    service = await startTestService();
    await service.app.inject({
      method: 'POST',
      url: '/paper/account/create',
      payload: { model_id: 'taken', symbol: 'BTCUSDT' },
    });
    const folder = await oldSystem({
      paper_accounts: [
        oldAccount({ model_id: 'paper_twin', model_package_id: null }),
        oldAccount({ model_id: 'twin', model_package_id: null }),
        oldAccount({ model_id: 'paper_taken', model_package_id: null, symbol: 'ETHUSDT' }),
        oldAccount({ model_id: 'paper_rich', model_package_id: null }),
      ],
      paper_positions: [1, 2].map(() => oldPosition({ model_id: 'paper_rich', realized_pnl_usdt: 9e6 })),
    });
    const { accounts } = await importInto(service, folder);
    expect(accounts).toMatchObject([
      { outcome: 'taken', id: 'paper_twin' },
      { outcome: 'not taken', reason: 'Another old account became paper_twin.' },
      { outcome: 'not taken', reason: 'It traded ETHUSDT, and paper_taken here trades BTCUSDT.' },
      { outcome: 'not taken', reason: expect.stringContaining('10000000 is the maximum') },
    ]);
  });
});

describe('paperdesk import-legacy', () => {
  const run = (env: NodeJS.ProcessEnv, ...args: string[]) => runCommandHere('import-legacy', args, env);

  test('tries, waits until the store is free, takes over, and takes nothing twice', async () => {
    const folder = await oldSystem({
      model_packages: [oldPackage('gamma'), oldPackage('ppo_v1')],
      paper_accounts: [oldAccount()],
      paper_positions: [oldPosition()],
    });
    await mkdir(join(folder, 'models', 'packages', 'ppo_v1'));
    const shipped = join(PROJECT_ROOT, 'models');
    const own = join(folder, 'models', 'packages', 'ppo_v1');
    await copyFile(join(shipped, 'forecast_model.pt'), join(own, 'forecast_model.pt'));
    await copyFile(join(shipped, 'ppo_policy_final.zip'), join(own, 'ppo_policy.zip'));
    const store = join(folder, 'new', 'store.sqlite');
    const env = { DATABASE_URL: `file:${store}`, MODEL_PACKAGES_DIR: join(folder, 'new', 'packages') };
    const files = ['--registry', join(folder, 'registry.sqlite'), '--paper', join(folder, 'paper.sqlite')];

    const trial = await run(env, ...files, '--dry-run');
    expect(trial).toMatchObject({ code: 0, err: '' });
    expect(trial.out).toContain('Dry run: nothing is stored.');
    expect(trial.out).toContain('2 packages: 1 taken, 1 there already, 0 not taken.');

    const other = await openDatabase({ kind: 'sqlite', file: store });
    const refused = await run(env, ...files);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/Another process has .*store.sqlite open\. Stop the service/);
    await other.destroy();

    const taken = await run(env, ...files, '--json');
    expect(taken, taken.err).toMatchObject({ code: 0 });
    expect(JSON.parse(taken.out)).toMatchObject({
      packages: [
        { old_id: 'gamma', outcome: 'taken', id: 'gamma' },
        { old_id: 'ppo_v1', outcome: 'there already', id: 'ppo_v1' },
      ],
      accounts: [{ old_id: 'paper_gamma', outcome: 'taken', positions_taken: 1 }],
    });
    const again = await run(env, ...files);
    expect(again.out).toContain('2 packages: 0 taken, 2 there already, 0 not taken.');
    expect(again.out).toContain('1 account: 0 taken, 1 there already, 0 not taken.');
  });

  test.each([
    [[], 2, '--registry or --paper must be given'],
    [['--nonsense'], 2, '--nonsense'],
    [['--registry', '/nowhere/registry.sqlite'], 1, 'There is no file /nowhere/registry.sqlite.'],
  ])('%j ends with %i', async (args, code, message) => {
    const folder = await newFolder();
    const ended = await run({ DATABASE_URL: `file:${join(folder, 'store.sqlite')}` }, ...args);
    expect(ended.code).toBe(code);
    expect(ended.err).toContain(message);
  });

  test('stores nothing where a file is another one than it should be', async () => {
    const folder = await oldSystem({ model_packages: [oldPackage('gamma')] });
    const env = {
      DATABASE_URL: `file:${join(folder, 'store.sqlite')}`,
      MODEL_PACKAGES_DIR: join(folder, 'packages'),
    };
    const wrong = join(folder, 'registry.sqlite');
    const ended = await run(env, '--registry', wrong, '--paper', wrong);
    expect(ended.code).toBe(1);
    expect(ended.err).toContain(`There is no table paper_accounts in ${wrong}`);
    const again = await run(env, '--registry', wrong);
    expect(again.out).toContain('1 package: 1 taken');
  });
});
