import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FactorGroup } from '../../src/factor-models/factor-group.ts';
import { openGroupCache } from '../../src/factor-models/group-cache.ts';
import { type ScanResult, scanDirectory } from '../../src/factor-models/scan-directory.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

export const ROOT_OK = join(PROJECT_ROOT, 'test', 'fixtures', 'factors', 'root_ok');
export const SOL = 'SOLUSDT_mid_chg_1m';
export const BTC = 'BTCUSDT_mid_chg_1m';

/** A temporary directory of artifacts that a test may change. */
export interface Directory {
  readonly folder: string;
  path(name: string): string;
  write(name: string, content: string | Uint8Array): Promise<void>;
  read(name: string): Promise<Buffer>;
  remove(): Promise<void>;
}

/** @param from directory to copy; the new one is empty without it */
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

/** Scans a directory with a cache in another folder; `restart` drops what is cached in memory. */
export function createTestScanner(root: string, cacheFolder: string, linkRoots: readonly string[] = []) {
  let cache = openGroupCache(cacheFolder);
  return {
    scan(sendAll = true): Scan {
      const groups = new Map<string, FactorGroup>();
      const steps = scanDirectory(root, cache, { sendAll, linkRoots });
      let step = steps.next();
      for (; !step.done; step = steps.next()) {
        if (step.value !== undefined) groups.set(step.value.key, step.value);
      }
      return { ...step.value, groups };
    },
    restart() {
      cache = openGroupCache(cacheFolder);
    },
  };
}
