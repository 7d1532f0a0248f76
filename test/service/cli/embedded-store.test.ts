import { expect, test } from 'vitest';
import { type CommandResult, runCommandHere } from '../../helper/command.ts';

/** Nothing listens at the addresses of these settings. */
const POSTGRES = { DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/desk' };
const OBJECTS = { MODEL_PACKAGES_DIR: 's3://models/packages' };
const COMMANDS = [
  ['backup', '--to', 'nowhere'],
  ['restore', '--from', 'nowhere'],
  ['import-legacy', '--registry', 'nowhere'],
] as const;

test.each([
  ['PostgreSQL', POSTGRES, 'DATABASE_URL is PostgreSQL, but'],
  ['an object store', OBJECTS, 'MODEL_PACKAGES_DIR is an object store, but'],
  [
    'both',
    { ...POSTGRES, ...OBJECTS },
    'DATABASE_URL is PostgreSQL and MODEL_PACKAGES_DIR is an object store, but',
  ],
])('backup, restore and import-legacy say what to do with %s', async (_, env, words) => {
  const results: CommandResult[] = [];
  for (const [command, ...args] of COMMANDS) results.push(await runCommandHere(command, args, env));
  const [backup, ...others] = results;
  for (const { code, err } of [backup!, ...others]) {
    expect(code).toBe(1);
    expect(err).toContain(`${words} this command needs an SQLite file and a folder of packages. `);
    expect(err).not.toContain('secret');
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  }
  expect(backup!.err).toContain('with pg_dump, and a bucket with the tools of the object store');
  for (const { err } of others) expect(err).toContain('"paperdesk move-store"');
});
