import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import pg from 'pg';
import { beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { createClusterRepository } from '../../../src/cluster/cluster-repository.ts';
import type { Database, StoreLocation } from '../../../src/db/connection.ts';
import { openDatabase } from '../../../src/db/open-database.ts';
import { readSchema } from '../../../src/db/schema.ts';
import { withFrozenTables } from '../../../src/db/snapshot.ts';
import { SqliteDatabase } from '../../../src/db/sqlite/sqlite-library.ts';
import { claimStore } from '../../../src/market/store/store-source-repository.ts';
import { claimTarget, requireOwnMark } from '../../../src/tools/move-store/mark-repository.ts';
import { type MoveReport, moveStore, type StoreMove } from '../../../src/tools/move-store/move-store.ts';
import { TABLE_RULES } from '../../../src/tools/move-store/table-rules.ts';
import { contentOf, randomContent, writeFilledStore, writeOldStore } from '../../helper/filled-store.ts';
import { runMove, startMove } from '../../helper/move-command.ts';
import { createTestDatabase } from '../../helper/postgres-databases.ts';
import { repetitions } from '../../helper/run-length.ts';
import { startTestService } from '../../helper/service.ts';
import { waitUntil } from '../../helper/wait.ts';

const MOVED = Object.entries(TABLE_RULES)
  .filter(([, { moved }]) => moved)
  .map(([name]) => name);

let folder: string;
/** A store with rows in every table. */
let filled: string;
/** The same with fewer candles; a test copies it. */
let small: string;
let source: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperdesk-move-'));
  filled = join(folder, 'filled.sqlite');
  await writeFilledStore(filled, fc.sample(randomContent, { numRuns: 1, seed: 1 })[0]!);
  small = join(folder, 'small.sqlite');
  await copyFile(filled, small);
  const store = new SqliteDatabase(small);
  store.exec('delete from candles where open_time % 3600000 <> 0');
  store.close();
  return () => rm(folder, { recursive: true, force: true });
});
let count = 0;
const newFile = () => join(folder, `${++count}.sqlite`);
beforeEach(async () => {
  source = newFile();
  await copyFile(small, source);
});

/** An empty database with the latest schema. */
async function newTarget(): Promise<string> {
  const { url, drop } = await createTestDatabase(inject('postgresUrl')!);
  onTestFinished(drop);
  return url;
}

async function open(location: StoreLocation): Promise<Database> {
  const database = await openDatabase(location, { alone: true });
  onTestFinished(() => database.destroy());
  return database;
}
const sqlite = (file: string): StoreLocation => ({ kind: 'sqlite', file });
const postgres = (url: string): StoreLocation => ({ kind: 'postgres', url });

/** Moves in this process, and closes both ends. */
async function move(
  from: StoreLocation,
  to: StoreLocation,
  onProgress: StoreMove['onProgress'] = () => {},
): Promise<MoveReport> {
  const ends = await Promise.all([from, to].map((location) => openDatabase(location, { alone: true })));
  const [first, second] = [from, to].map((location, end) => ({
    name: location.kind === 'sqlite' ? location.file : 'postgres',
    database: ends[end]!,
  }));
  try {
    return await moveStore({ source: first!, target: second!, runId: `run-${++count}`, onProgress });
  } finally {
    for (const database of ends) await database.destroy();
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const hasResult = ({ result }: { readonly result: unknown }) => result !== null;
const market = { exchange: 'binanceusdm', kind: 'recorded' } as const;

describe('everything', () => {
  test('in the schema has a rule, and every table that is moved has rows in these tests', async () => {
    const tables = await readSchema(await open(sqlite(source)));
    const own = [...tables.keys()].filter((name) => !name.startsWith('kysely'));
    expect(own.sort()).toEqual(Object.keys(TABLE_RULES).sort());
    const content = contentOf(filled);
    expect(MOVED.filter((name) => content.get(name)!.length === 0)).toEqual([]);
  });

  test('goes to PostgreSQL and comes back byte for byte, whatever the values are', async () => {
    await fc.assert(
      fc.asyncProperty(randomContent, async (content) => {
        const [file, back] = [newFile(), newFile()];
        await writeFilledStore(file, content);
        const { url, drop } = await createTestDatabase(inject('postgresUrl')!);
        try {
          const there = await move(sqlite(file), postgres(url));
          const here = await move(postgres(url), sqlite(back));
          expect(there.finished && here.finished).toBe(true);
          expect(here.tables).toEqual(there.tables);
          expect(contentOf(back)).toEqual(contentOf(file));
        } finally {
          await drop();
        }
      }),
      { numRuns: repetitions(5, 1) },
    );
  });

  test('is there for a service, which answers as before; while a service runs, its store is no source', async () => {
    const target = await newTarget();
    await writeOldStore(source);
    await runMove(`file:${source}`, target);
    const answers = async (DATABASE_URL: string, meanwhile = async () => {}) => {
      // Without an exchange, answers say only what is stored.
      const service = await startTestService({ env: { DATABASE_URL }, exchangeUrl: 'http://127.0.0.1:1' });
      try {
        const urls = [
          '/paper/account/ppo_v1',
          '/paper/decisions/ppo_v1',
          '/paper/replays',
          '/paper/ledger/beta',
        ];
        // The service renews it after its start.
        await waitUntil('the replay has its result', async () =>
          (await service.app.inject('/paper/replays')).json().items.every(hasResult),
        );
        await meanwhile();
        return await Promise.all(urls.map(async (url) => (await service.app.inject(url)).json()));
      } finally {
        await service.close();
      }
    };
    const before = await answers(`file:${source}`, async () => {
      expect(await startMove(`file:${source}`, target).ended).toEqual({
        code: 1,
        output: `Another process has file:${source} open. Stop the service, then try again.\n`,
      });
    });
    expect(await answers(target)).toEqual(before);
  });

  test('is reported, with progress, and without the password', async () => {
    const target = await newTarget();
    const { code, output } = await startMove(`file:${source}`, target, ['--progress']).ended;
    expect(code, output).toBe(0);
    for (const name of MOVED)
      expect(output).toMatch(new RegExp(`^${name} +[\\d,]+ rows, SHA-256 [0-9a-f]{64}$`, 'm'));
    expect(output).toMatch(/100 %: ([\d,]+) of \1 rows copied, [\d,]+ a second/);
    expect(output).toMatch(/100 %: ([\d,]+) of \1 rows compared/);
    expect(output).toMatch(/The ledgers of all \d+ accounts add up/);
    expect(output).toContain('is complete');
    expect(output).not.toContain(new URL(target).password);
  });
});

describe('a move that is killed', () => {
  // It stops between two pages of candles.
  beforeEach(() => copyFile(filled, source));

  /** Locks the row of a candle in the middle, so that a move stops there. */
  async function stopAtCandle(
    url: string,
  ): Promise<{ reached: () => Promise<boolean>; release: () => Promise<void> }> {
    const store = new SqliteDatabase(source, { readonly: true });
    const rows = store
      .prepare('select * from candles order by symbol, timeframe, open_time')
      .all() as object[];
    store.close();
    const client = await connect(url);
    await client.query('begin');
    const values = Object.entries(rows[Math.floor(rows.length / 2)]!);
    await client.query(
      `insert into candles (${values.map(([name]) => name).join(', ')}) values (${values.map((_, at) => `$${at + 1}`).join(', ')})`,
      values.map(([, value]) => value),
    );
    const watch = await connect(url);
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    return {
      reached: async () => (await watch.query(waiting)).rowCount === 1,
      release: async () => void (await client.query('rollback')),
    };
  }

  test('leaves a target that no service opens, and goes on where it stopped', async () => {
    const target = await newTarget();
    const { reached, release } = await stopAtCandle(target);
    const { child, ended } = startMove(`file:${source}`, target);
    await waitUntil('the move is in the middle of the candles', reached);
    child.kill('SIGKILL');
    await ended;
    await release();

    const database = await open(postgres(target));
    const candles = async () => (await database.selectFrom('candles').selectAll().execute()).length;
    const copied = await candles();
    expect(copied).toBeGreaterThan(0);
    expect(copied).toBeLessThan(3190);
    await expect(claimStore(database, market)).rejects.toThrow(
      `This store is an unfinished copy of file:${source}. Run "paperdesk move-store" with the same --from and --to again`,
    );
    await expect(claimStore(database, market)).rejects.toMatchObject({ code: 'STORE_UNUSABLE' });

    const other = newFile();
    await copyFile(filled, other);
    const refused = await runMove(`file:${other}`, target);
    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringContaining(`unfinished copy of file:${source}, not`),
    });
    expect(await candles()).toBe(copied);

    const { code, output } = await runMove(`file:${source}`, target, ['--progress']);
    expect(code, output).toBe(0);
    expect(output).not.toMatch(/: 0 of [\d,]+ rows copied/);
    await claimStore(database, market);
    const back = newFile();
    await move(postgres(target), sqlite(back));
    expect(contentOf(back)).toEqual(contentOf(source));
  });

  test('leaves a target that is no source for another move', async () => {
    const target = await newTarget();
    const stop = () => {
      throw new Error('stopped');
    };
    await expect(move(sqlite(source), postgres(target), stop)).rejects.toThrow('stopped');
    await expect(move(postgres(target), sqlite(newFile()))).rejects.toThrow(/is itself an unfinished copy/);
  });

  test('on its way back goes on as well', async () => {
    const [target, back] = [await newTarget(), newFile()];
    await move(sqlite(source), postgres(target));
    const interrupted = move(postgres(target), sqlite(back), (step, done, total) => {
      if (step === 'rows copied' && done > total / 2) throw new Error('stopped');
    });
    await expect(interrupted).rejects.toThrow('stopped');
    const database = await openDatabase(sqlite(back));
    await expect(claimStore(database, market)).rejects.toMatchObject({ code: 'STORE_UNUSABLE' });
    await database.destroy();
    expect(await move(postgres(target), sqlite(back))).toMatchObject({ finished: true });
    expect(contentOf(back)).toEqual(contentOf(source));
  });

  test('writes nothing after a later run took over', async () => {
    const database = await open(postgres(await newTarget()));
    await claimTarget(database, [], { from: 'a', run: '1' }, 'target');
    await claimTarget(database, [], { from: 'a', run: '2' }, 'target');
    await requireOwnMark(database, { from: 'a', run: '2' });
    await expect(requireOwnMark(database, { from: 'a', run: '1' })).rejects.toThrow(/Another run/);
  });
});

describe('a difference', () => {
  test('ends with exit code 1, and is named by table and key', async () => {
    const target = await newTarget();
    const stop: StoreMove['onProgress'] = (step) => {
      if (step === 'rows compared') throw new Error('stopped');
    };
    const from = sqlite(source);
    const ends = [await openDatabase(from, { alone: true }), await openDatabase(postgres(target))] as const;
    const [one, two] = ends.map((database, end) => ({
      name: end === 0 ? `file:${source}` : 'target',
      database,
    }));
    await expect(moveStore({ source: one!, target: two!, runId: '1', onProgress: stop })).rejects.toThrow(
      'stopped',
    );
    for (const database of ends) await database.destroy();

    const store = new SqliteDatabase(source);
    const symbol = store.prepare(`select min(symbol) from funding_coverage`).pluck().get();
    store.prepare('update funding_coverage set to_time = to_time + 1 where symbol = ?').run(symbol);
    store.close();
    const { code, output } = await runMove(`file:${source}`, target);
    expect(code, output).toBe(1);
    expect(output).toContain(`the rows with the key (${JSON.stringify(symbol)}) differ in to_time`);
    expect(output).toMatch(/^funding_coverage .*rows in the source, SHA-256 .* in the target/m);
    expect(output).toContain('The copy is not whole, and no service opens it.');
    await expect(claimStore(await open(postgres(target)), market)).rejects.toMatchObject({
      code: 'STORE_UNUSABLE',
    });
  });

  test('of a wallet and its ledger is named by account', async () => {
    const store = new SqliteDatabase(source);
    store.prepare(`update paper_accounts set wallet = wallet + 0.01 where id = 'paper_ppo_v1'`).run();
    store.close();
    const target = await newTarget();
    const { ledgers, finished } = await move(sqlite(source), postgres(target));
    expect(finished).toBe(false);
    expect(ledgers.unbalanced.map(({ id }) => id)).toEqual(['paper_ppo_v1']);
  });
});

describe('a source is refused', () => {
  /** Stays empty: sources are opened first. */
  let unused: string;
  /** Of moves from `inexact`, which go on where the one before stopped. */
  let partial: string;
  let inexact: string;
  beforeAll(async () => {
    const databases = [
      await createTestDatabase(inject('postgresUrl')!),
      await createTestDatabase(inject('postgresUrl')!),
    ] as const;
    [unused, partial, inexact] = [databases[0].url, databases[1].url, join(folder, 'inexact.sqlite')];
    return async () => {
      for (const { drop } of databases) await drop();
    };
  });

  test('while a node is alive, and not for one that died', async () => {
    const [target, back] = [await newTarget(), newFile()];
    await move(sqlite(source), postgres(target));
    const database = await openDatabase(postgres(target));
    onTestFinished(() => database.destroy());
    const node = { id: 'n1', name: 'desk-1', role: 'all', version: '0.1.0' } as const;
    await createClusterRepository(database).beat(node, {});
    const { code, output } = await runMove(target, `file:${back}`);
    expect(code).toBe(1);
    expect(output).toContain('is in use by 1 nodes: desk-1. Stop them, then try again');
    await database.updateTable('nodes').set({ seen_at: 0 }).execute();
    expect(await move(postgres(target), sqlite(back))).toMatchObject({ finished: true });
  });

  test('where there is none', async () => {
    const missing = newFile();
    expect(await runMove(`file:${missing}`, unused)).toEqual({
      code: 1,
      output: `There is no store at file:${missing}.\n`,
    });
  });

  test('when it is another program’s, which stays as it is', async () => {
    const foreign = newFile();
    new SqliteDatabase(foreign).exec('create table candles (a)').close();
    const { code, output } = await runMove(`file:${foreign}`, unused);
    expect(code).toBe(1);
    expect(output).toContain('There is no store of paperdesk here');
    expect([...contentOf(foreign).keys()]).toEqual(['candles']);
  });

  test('when it is no database', async () => {
    const text = newFile();
    await writeFile(text, 'not a database at all');
    const { code, output } = await runMove(`file:${text}`, unused);
    expect({ code, output }).toEqual({
      code: 1,
      output: `file:${text} cannot be opened: file is not a database.\n`,
    });
  });

  test('of a newer version', async () => {
    const store = new SqliteDatabase(source);
    store.prepare(`insert into kysely_migration values ('9999_future', '')`).run();
    store.close();
    const { code, output } = await runMove(`file:${source}`, unused);
    expect(code).toBe(1);
    expect(output).toContain('has the migration 9999_future, which this version of paperdesk does not know');
  });

  test.each([
    ['text in a column of integers', `update alerts set attempts = 'many'`, '"many" in the column attempts'],
    ['a fraction in a column of integers', 'update alerts set attempts = 1.5', '1.5 in the column attempts'],
    [
      'an integer that is no exact number',
      'update alerts set attempts = 9007199254740993',
      'in the column attempts',
    ],
    ['a NUL in a text', `update alerts set kind = 'a' || char(0)`, '"a\\u0000" in the column kind'],
  ])('with %s', async (_, statement, words) => {
    await copyFile(small, inexact);
    const store = new SqliteDatabase(inexact);
    store.exec(statement);
    store.close();
    const moved = move(sqlite(inexact), postgres(partial));
    await expect(moved).rejects.toThrow(words);
    await expect(moved).rejects.toThrow('of alerts, which cannot be stored exactly by both engines');
  });

  test('while its tables are frozen, no other connection can write to them', async () => {
    const other = await connect(unused);
    const lock = () => other.query('begin; lock table candles in row exclusive mode nowait; rollback');
    await withFrozenTables(await open(postgres(unused)), ['candles'], async () => {
      await expect(lock()).rejects.toThrow(/could not obtain lock/);
      await other.query('rollback');
    });
    await lock();
  });
});

describe('a target is refused', () => {
  test('that holds something', async () => {
    const target = await newTarget();
    await claimStore(await open(postgres(target)), market);
    const { code, output } = await runMove(`file:${source}`, target);
    expect(code).toBe(1);
    expect(output).toContain(
      'is not empty: its table store_facts has 1 rows. Use a new file or an empty database.',
    );
  });

  test('with a table of another program', async () => {
    const target = await newTarget();
    await (await connect(target)).query('create table spatial_ref_sys (a int primary key)');
    const { code, output } = await runMove(`file:${source}`, target);
    expect(code).toBe(1);
    expect(output).toContain('The target has the table spatial_ref_sys, which is none of paperdesk');
  });

  test('that is the source', async () => {
    expect(await runMove(`file:${source}`, source)).toMatchObject({ code: 2 });
  });

  test('that cannot be reached, without showing its password', async () => {
    const { code, output } = await runMove(`file:${source}`, 'postgres://me:secret@127.0.0.1:1/desk');
    expect(code).toBe(1);
    expect(output).toMatch(/^postgres:\/\/127.0.0.1:1\/desk cannot be opened: /);
    const wrong = await runMove(`file:${source}`, 'mysql://me:secret@127.0.0.1/desk');
    expect(wrong.code).toBe(2);
    expect(output + wrong.output).not.toContain('secret');
  });
});
