import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PaperdeskError } from '../../errors.ts';

const BINARY = 'better-sqlite3/build/Release/better_sqlite3.node';
/** What the headers of Node 24.19 and newer, and of later versions of Node 26, put into a library that they compile. */
const DEFECT = 'RemoveEnvironmentCleanupHook';

/**
 * Refuses a library of SQLite that ends the process at random: compiled with these headers, it removes a hook while garbage
 * is collected, where Node has no environment and aborts. The binaries that npm downloads have older headers.
 * @throws STORE_UNUSABLE with what to do
 */
export function requireSoundBuild(path = createRequire(import.meta.url).resolve(BINARY)): void {
  if (!readFileSync(path).includes(DEFECT)) return;
  const first = `${process.versions.node.split('.')[0]}.0.0`;
  throw new PaperdeskError(
    'STORE_UNUSABLE',
    `better-sqlite3 was compiled on this machine with headers of Node ${process.versions.node}, with which it ends the ` +
      `process at random. Compile it with those of Node ${first} ("npm_config_target=${first} npm rebuild better-sqlite3", ` +
      'or npm_config_nodedir with a folder that has them), or use Node 22.',
  );
}
