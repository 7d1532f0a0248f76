import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FactorGroup } from '../../src/factor-models/factor-group.ts';
import { createScanner, type ScanResult } from '../../src/factor-models/scanner.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

export const ROOT_OK = join(PROJECT_ROOT, 'test', 'fixtures', 'factors', 'root_ok');
export const SOL = 'SOLUSDT_mid_chg_1m';
export const BTC = 'BTCUSDT_mid_chg_1m';

/** A directory of artifacts of its own, to be changed at will. */
export interface Directory {
  readonly folder: string;
  path(name: string): string;
  write(name: string, content: string | Uint8Array): Promise<void>;
  read(name: string): Promise<Buffer>;
  remove(): Promise<void>;
}

/** A copy of `root_ok`, or an empty directory. */
export async function makeDirectory(from?: string): Promise<Directory> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-factors-'));
  if (from !== undefined) await cp(from, folder, { recursive: true });
  const path = (name: string) => join(folder, name);
  return {
    folder,
    path,
    write: (name, content) => writeFile(path(name), content),
    read: (name) => readFile(path(name)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export interface Scan extends ScanResult {
  readonly groups: ReadonlyMap<string, FactorGroup>;
}

/** Scans a directory, keeping converted models in another one; `restart` forgets what was known in memory. */
export function scannerOf(root: string, kept: string) {
  let scanner = createScanner();
  return {
    scan(everything = true): Scan {
      const groups = new Map<string, FactorGroup>();
      const result = scanner.scan(kept, root, everything, (group) => groups.set(group.key, group));
      return { ...result, groups };
    },
    restart() {
      scanner = createScanner();
    },
  };
}
