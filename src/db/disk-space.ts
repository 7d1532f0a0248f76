import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { StoreLocation } from './connection.ts';

/** Room on the disk of a store, in bytes. */
export interface DiskSpace {
  readonly free: number;
  readonly total: number;
}

/** The room on the disk of a store; undefined for one in memory or on another machine. */
export async function diskSpace(store: StoreLocation): Promise<DiskSpace | undefined> {
  if (store.kind !== 'sqlite' || store.file === ':memory:') return undefined;
  const { bavail, blocks, bsize } = await statfs(dirname(store.file));
  return { free: bavail * bsize, total: blocks * bsize };
}
