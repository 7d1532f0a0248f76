import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { requireSoundBuild } from '../../../../src/db/sqlite/sound-build.ts';

test('a library that would end the process at random is refused, with what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sqlite-build-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'better_sqlite3.node');
  await writeFile(path, '\0_ZN4node28RemoveEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_\0');
  expect(() => requireSoundBuild(path)).toThrow(/ends the process at random.*npm rebuild better-sqlite3/);
  await writeFile(path, '\0_ZN4node25AddEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_\0');
  expect(() => requireSoundBuild(path)).not.toThrow();
  expect(() => requireSoundBuild()).not.toThrow();
});
