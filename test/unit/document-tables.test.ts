// promise: CONTRIBUTING.md, table "Run tests"
// promise: CONTRIBUTING.md, table "Where a change goes"
// promise: docs/reference/README.md, table "Reference"
// promise: http.md, table "Model packages"
// promise: http.md, table "Accounts"
// promise: docs/api.md, table "Records"
// promise: paper.md, table "Accounts"
// promise: pipelines.md, table "Proof | quantity"
// promise: docs/operations.md, table "Packages in an object store"
// promise: docs/operations.md "idle_in_transaction_session_timeout"

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tablesOf } from '../../scripts/promises.ts';
import { connectionSettings } from '../../src/db/postgres/connection-settings.ts';
import { tolerancesOf } from '../../src/decisions/proof/prove-package.ts';
import { featureNamed } from '../../src/pipeline/features/catalogue.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { DEFAULT_SETTINGS, TRAINING_SETTINGS } from '../../src/trading/settings.ts';

const read = (path: string) => readFileSync(join(PROJECT_ROOT, path), 'utf8');

/** The cells of the rows of a table, by the beginning of its title. */
function rowsOf(path: string, title: string): string[][] {
  const found = tablesOf(read(path)).filter((table) => table.title.startsWith(title));
  expect(found).toHaveLength(1);
  return found[0]!.rows.map((row) => row.split(' | '));
}

interface Operation {
  readonly parameters?: readonly { name: string; schema: { enum?: readonly string[] } }[];
  readonly responses: Readonly<Record<string, unknown>>;
}
const { paths } = JSON.parse(read('docs/openapi.json')) as {
  paths: Record<string, Record<string, Operation>>;
};

interface NamedOperation {
  readonly name: string;
  readonly operation: Operation | undefined;
  /** Parameters of its query that the document writes. */
  readonly query: readonly string[];
}

/** What a cell such as `GET /a/:id/b, /c` names: `/c` is `/a/:id/c` or `/a/:id/b/c` where it is no route itself. */
function operationsOf(cell: string): NamedOperation[] {
  const [method, ...routes] = cell.replace(/ \(.*\)$/, '').split(/, (?=\/)| (?=\/)/) as [string, ...string[]];
  let before = '';
  return routes.map((written) => {
    const route = written.replace(/\?.*/, '').replaceAll(/:(\w+)/g, '{$1}');
    const all = [route, `${before}${route}`, `${before.replace(/\/[^/]*$/, '')}${route}`];
    const own = all.find((one) => paths[one]?.[method.toLowerCase()] !== undefined) ?? route;
    before = own;
    const query = Array.from(written.matchAll(/[?&](\w+)=/g), ([, parameter]) => parameter!);
    return { name: `${method} ${own}`, operation: paths[own]?.[method.toLowerCase()], query };
  });
}

test.each(['Model packages', 'Accounts'])('the routes of "%s" exist and give these answers', (title) => {
  for (const [cell, answer] of rowsOf('docs/reference/http.md', title)) {
    for (const { name, operation, query } of operationsOf(cell!)) {
      expect(operation, name).toBeDefined();
      const statuses = /^2/.test(answer!)
        ? Array.from(answer!.matchAll(/\b[245]\d\d\b/g), ([status]) => status)
        : [];
      expect(Object.keys(operation!.responses), name).toEqual(expect.arrayContaining(statuses));
      const names = (operation!.parameters ?? []).map((one) => one.name);
      expect(names, name).toEqual(expect.arrayContaining([...query]));
    }
  }
});

test('the lists of records have the filters and orders of their table', () => {
  let before: [filters: string[], orders: string[]] = [[], []];
  for (const [cell, filterCell, orderCell] of rowsOf('docs/api.md', 'Records')) {
    const words = (text: string) =>
      Array.from(text.matchAll(/\b[a-z_]+\b(?==)|\b[a-z_]+\b/g), ([word]) => word);
    const written = cell!.replaceAll(/(?<=\/)ID\b/g, ':model_id');
    const routes = operationsOf(written.replaceAll('/replays/:model_id', '/replays/:id'));
    const own = routes.map(({ name, operation }) => {
      expect(operation, name).toBeDefined();
      return operation!.parameters!;
    });
    const known = new Set(own.flat().map(({ name }) => name));
    const filters = words(filterCell!).filter((word) => known.has(word));
    const orders = orderCell === 'the same' ? before[1] : orderCell!.split(', ');
    before = [filterCell!.startsWith('the same') ? before[0] : filters, orders];
    for (const parameters of own) {
      const names = parameters.map(({ name }) => name);
      expect(names, cell).toEqual(expect.arrayContaining(before[0]));
      const paging = ['limit', 'cursor', 'offset', 'sort', 'model_id', 'id', 'as_of'];
      expect(names.filter((name) => !paging.includes(name)).sort(), cell).toEqual([...before[0]].sort());
      expect(parameters.find(({ name }) => name === 'sort')!.schema.enum, cell).toEqual(orders);
    }
  }
});

test('the settings of accounts have these defaults, and these values in training', () => {
  const code: Record<string, keyof typeof DEFAULT_SETTINGS> = {
    ...{ opposite: 'opposite', stop_gap: 'stopGap', hold_clock: 'policyHoldClock' },
    ...{ external_hold_clock: 'externalHoldClock', funding: 'funding', max_positions: 'maxPositions' },
    ...{
      kill_level: 'killLevel',
      default_leverage: 'defaultLeverage',
      default_margin_pct: 'defaultMarginShare',
    },
    ...{ profit_target_pct: 'profitTargetPct', stop_loss_pct: 'stopLossPct' },
    ...{ time_limit_hours: 'timeLimitHours', min_confidence: 'minConfidence' },
  };
  const found = rowsOf('docs/reference/paper.md', 'Accounts').flatMap(([names, defaults, training]) =>
    names!
      .split(', ')
      .map((name, index) => [name, defaults!.split(', ')[index], training!.split(', ')[index]]),
  );
  const text = (name: string, settings: typeof DEFAULT_SETTINGS) => {
    const value = settings[code[name]!];
    return String(name === 'default_margin_pct' ? Number(value) * 100 : value);
  };
  expect(found).toEqual(
    Object.keys(code).map((name) => [name, text(name, DEFAULT_SETTINGS), text(name, TRAINING_SETTINGS)]),
  );
});

test('a connection to PostgreSQL ends what hangs after the times of the table', () => {
  const settings = connectionSettings('postgres://localhost/paperdesk') as Record<string, unknown>;
  const rows = rowsOf('docs/operations.md', 'When to leave the default | setting');
  const [names, , why] = rows.find(([name]) => name!.startsWith('idle_in_transaction'))!;
  const seconds = /sets its own: (.*)\. A node/.exec(why!)![1]!.split(', ');
  expect(names!.split(', ').map((name) => `${Number(settings[name]) / 1000} s`)).toEqual(seconds);
});

test('a proof may differ by the numbers of the table', () => {
  const full = tolerancesOf(false);
  const feature = (name: string) => full.feature(featureNamed(name));
  const numbers = {
    features: [feature('ret_1').relative, feature('ret_1').absolute, feature('close_z_20').absolute],
    scaled_last_row: [full.scaled.absolute, full.scaled.relative],
    'quantiles, forecast_features': [full.forecast.absolute, tolerancesOf(true).forecast.absolute],
    observation: [full.observation.absolute, full.observation.relative],
    'normalised_observation, action': [full.policy.absolute],
  };
  for (const name of ['bb_pctb_20_2', 'close_z_20', 'vol_z_96'])
    expect(feature(name)).toEqual(feature('close_z_20'));
  const written = rowsOf('docs/reference/pipelines.md', 'Proof | quantity').map(([quantity, text]) => [
    quantity,
    Array.from(text!.matchAll(/1e-\d+/g), ([number]) => Number(number)),
  ]);
  expect(Object.fromEntries(written)).toEqual(numbers);
});

test('the permissions for an object store are those that its commands need', () => {
  const needed: Record<string, string[]> = {
    Upload: ['s3:PutObject', 's3:AbortMultipartUpload'],
    GetObjectCommand: ['s3:GetObject'],
    HeadObjectCommand: ['s3:GetObject'],
    DeleteObjectCommand: ['s3:DeleteObject'],
    ListObjectsV2Command: ['s3:ListBucket'],
  };
  const commands = Array.from(read('src/packages/s3/object-store.ts').matchAll(/new (\w+Command|Upload)\(/g));
  const permissions = new Set(commands.flatMap(([, command]) => needed[command!] ?? [`unknown: ${command}`]));
  const listed = rowsOf('docs/operations.md', 'Packages in an object store').flatMap(([cell]) =>
    cell!.split(', '),
  );
  expect(listed.sort()).toEqual([...permissions].sort());
});

test('the reference lists its documents', () => {
  const listed = rowsOf('docs/reference/README.md', 'Reference').map(([name]) => name);
  const there = readdirSync(join(PROJECT_ROOT, 'docs', 'reference'));
  expect(listed.sort()).toEqual(there.filter((name) => name !== 'README.md').sort());
});

test('the commands and folders that the documents name exist', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const documents = ['README.md', 'CONTRIBUTING.md', 'docs/operations.md', 'docs/writing-a-package.md'];
  const isScript = (name: string) => name === 'NAME' || name in scripts;
  for (const path of documents) {
    const commands = Array.from(read(path).matchAll(/\bnpm run (?:-s )?([\w:-]+)/g), ([, name]) => name!);
    expect(
      commands.filter((name) => !isScript(name)),
      path,
    ).toEqual([]);
    const named = read(path).matchAll(
      /`((?:src|test|docs|scripts|simulator|tools|bench|deploy|recording)\/[\w./-]*)`/g,
    );
    expect(
      Array.from(named, ([, file]) => file!).filter((file) => !existsSync(join(PROJECT_ROOT, file))),
      path,
    ).toEqual([]);
  }
  const rooms = rowsOf('CONTRIBUTING.md', 'Where a change goes').flatMap(([, cell]) => cell!.split(/[;,] /));
  expect(rooms.filter((room) => /^[\w/-]+$/.test(room) && !existsSync(join(PROJECT_ROOT, room)))).toEqual([]);
  const projects = /projects?:/.test(read('vitest.config.ts')) ? read('vitest.config.ts') : '';
  for (const [, name] of read('CONTRIBUTING.md').matchAll(/--project (\w+)/g))
    expect(projects).toContain(`'${name}'`);
});
