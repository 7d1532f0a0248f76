// promise: docs/security.md "the SQLite files of the old system"

import { copyFile, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SqliteDatabase } from '../../../src/db/sqlite/sqlite-library.ts';
import { openLegacyFile } from '../../../src/tools/import-legacy/legacy-file-repository.ts';
import { newFolder, oldPosition, writeOldFile } from '../../helper/old-files.ts';

async function rowsOf(path: string, table: string) {
  const file = await openLegacyFile(path);
  try {
    return file.rows(table);
  } finally {
    await file.close();
  }
}

describe('an old file', () => {
  test('is read with all its columns, also those that are not known, and not touched', async () => {
    const folder = await newFolder();
    const path = join(folder, 'paper.sqlite');
    const sqlite = writeOldFile(path, { paper_positions: [oldPosition(), oldPosition()] }, { wal: true });
    sqlite.exec('alter table paper_positions add column "Mood ""of"" it" text default \'good\'');
    sqlite.close();
    const before = [await readFile(path), await readdir(folder)];
    const rows = await rowsOf(path, 'paper_positions');
    expect(rows).toHaveLength(2);
    expect(rows?.[0]).toMatchObject({ id: 1, entry_price: 90_000, 'mood "of" it': 'good' });
    expect([await readFile(path), await readdir(folder)]).toEqual(before);
  });

  test('that a process left in the middle of its work has what that had committed', async () => {
    const folder = await newFolder();
    const running = writeOldFile(
      join(folder, 'running.sqlite'),
      { paper_positions: [oldPosition()] },
      { wal: true },
    );
    onTestFinished(() => void running.close());
    const path = join(folder, 'left.sqlite');
    for (const ending of ['', '-wal']) await copyFile(join(folder, `running.sqlite${ending}`), path + ending);
    expect(await rowsOf(path, 'paper_positions')).toHaveLength(1);
    expect((await readdir(folder)).filter((name) => name.startsWith('left')).sort()).toEqual([
      'left.sqlite',
      'left.sqlite-wal',
    ]);
  });

  test('without a table says so; with a view of its name it is refused, unread', async () => {
    const folder = await newFolder();
    const path = join(folder, 'old.sqlite');
    const sqlite = new SqliteDatabase(path);
    sqlite.exec(
      'create view paper_positions as with recursive n(i) as (select 1 union all select i + 1 from n) select i as id from n',
    );
    sqlite.close();
    expect(await rowsOf(path, 'paper_accounts')).toBeUndefined();
    await expect(rowsOf(path, 'paper_positions')).rejects.toThrow('is not a plain table');
  });

  test('gives no more of a text than can be used, and nothing of what only computes', async () => {
    const path = join(await newFolder(), 'old.sqlite');
    const sqlite = new SqliteDatabase(path);
    sqlite.exec('create table model_packages (id text, heavy text as (hex(zeroblob(10000000))), raw blob)');
    sqlite
      .prepare('insert into model_packages (id, raw) values (?, ?)')
      .run('x'.repeat(5_000_000), Buffer.alloc(9));
    sqlite.close();
    const [row] = (await rowsOf(path, 'model_packages')) ?? [];
    expect(Object.keys(row ?? {})).toEqual(['id', 'raw']);
    expect(String(row?.id).length).toBeLessThan(30_000);
    expect(row?.raw).toBeNull();
  });
});

describe('what is no old file', () => {
  test.each([
    ['nothing', async () => {}, /There is no file/],
    ['a folder', (path: string) => mkdir(path), /is not a file/],
    ['an empty file', (path: string) => writeFile(path, ''), /is not an SQLite file/],
    ['a text', (path: string) => writeFile(path, 'SELECT 1'), /is not an SQLite file/],
    [
      'a header and noise',
      (path: string) => writeFile(path, `SQLite format 3\0${'noise '.repeat(2000)}`),
      /cannot be read|is damaged/,
    ],
    [
      'half a file',
      async (path: string) => {
        writeOldFile(path, { paper_positions: Array.from({ length: 500 }, () => oldPosition()) }).close();
        await truncate(path, 20_000);
      },
      /cannot be read|is damaged/,
    ],
  ])('%s is refused with a sentence', async (_, make, message) => {
    const path = join(await newFolder(), 'old.sqlite');
    await make(path);
    await expect(openLegacyFile(path)).rejects.toThrow(message);
  });
});
