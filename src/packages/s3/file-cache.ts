import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PaperdeskError } from '../../errors.ts';
import { createKeyedMutex } from '../../runtime/keyed-mutex.ts';
import type { Log } from '../../runtime/log.ts';
import { createSingleFlight } from '../../runtime/single-flight.ts';
import { syncPath } from '../../runtime/sync-path.ts';
import { digestOfFile } from '../digest.ts';
import { withDiskErrors } from '../disk-errors.ts';
import { removeOldEntries } from '../old-entries.ts';
import type { PackageFile, StoredFile } from '../stored-file.ts';
import { writeAndHash } from '../write-and-hash.ts';

/**
 * Verified copies of files on the disk of this node, by their hash, up to a number of bytes (packages.md#39). The folder
 * may be deleted at any time, and other processes of the same machine may use it too.
 */
export interface FileCache {
  /** As `PackageFiles.withPaths`. Files in use are never evicted, so together they may exceed the bound. */
  withPaths<T>(files: readonly StoredFile[], use: (paths: readonly string[]) => Promise<T>): Promise<T>;
  pathOf(file: PackageFile): string;
  /** Moves a file into the cache. @param path of a file that has this hash, in the same file system */
  adopt(file: PackageFile, path: string): Promise<void>;
  /** Removes what interrupted downloads left. */
  tidy(): Promise<void>;
}

export interface FileCacheOptions {
  readonly folder: string;
  readonly maxBytes: number;
  /** @throws PACKAGE_STORE_UNAVAILABLE, PACKAGE_FILE_MISSING; the iteration as well */
  readonly download: (file: StoredFile) => Promise<AsyncIterable<Uint8Array>>;
  readonly newId: () => string;
  readonly log: Log;
}

/** Downloads are written here first. */
const PARTIAL = '.partial';
/** A download without a new byte for this long belongs to a process that died. */
const ABANDONED_MS = 3_600_000;

const WHAT = 'the package cache (PACKAGE_CACHE_DIR)';

export function createFileCache({ folder, maxBytes, download, newId, log }: FileCacheOptions): FileCache {
  const partial = join(folder, PARTIAL);
  const pathOf = ({ sha256 }: PackageFile) => join(folder, sha256);
  const ensuring = createSingleFlight<void>();
  const oneAtATime = createKeyedMutex();
  /** All by hash. Files that were verified since the start, as the system describes them. */
  const verified = new Map<string, string>();
  /** Number of users. */
  const used = new Map<string, number>();
  /** In order of their last use. */
  const lastUsed = new Set<string>();
  const evictions = new Map<string, Promise<void>>();
  /** Bytes of files that are being added. */
  const coming = new Map<string, number>();

  /** Whether the file is in the cache and has its hash. It is read again only after a start or a change. */
  async function isIntact(file: PackageFile): Promise<boolean> {
    const found = await describe(pathOf(file));
    if (found === undefined) return false;
    if (found.size === file.size && verified.get(file.sha256) === found.state) return true;
    if (found.size === file.size && (await digestOfFile(pathOf(file), file.size)) === file.sha256) {
      verified.set(file.sha256, found.state);
      return true;
    }
    log.warn({ file: file.sha256 }, 'a file in the package cache is damaged and is fetched again');
    return false;
  }

  /** Concurrent needs for one file share one download. */
  const addMissing = (file: PackageFile, add: () => Promise<void>) =>
    ensuring(file.sha256, async () => {
      await evictions.get(file.sha256);
      if (await isIntact(file)) return;
      coming.set(file.sha256, file.size);
      try {
        await withDiskErrors(() => mkdir(partial, { recursive: true }), WHAT);
        await oneAtATime('room', makeRoom);
        await add();
      } finally {
        coming.delete(file.sha256);
      }
    });

  /** Ends only when no download of these files is under way. */
  async function ensure(files: readonly StoredFile[]): Promise<void> {
    const results = await Promise.allSettled(files.map((file) => addMissing(file, () => fetchFile(file))));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** @throws PACKAGE_FILE_CORRUPT */
  async function fetchFile(file: StoredFile): Promise<void> {
    const path = join(partial, `${file.sha256}.${newId()}`);
    try {
      const written = await writeAndHash(path, limited(file, await download(file)), WHAT);
      if (written.size !== file.size || written.sha256 !== file.sha256) throw corrupt(file, written.size);
      await syncPath(path);
      await moveIn(file, path);
    } finally {
      await rm(path, { force: true });
    }
  }

  async function moveIn(file: PackageFile, path: string): Promise<void> {
    await rename(path, pathOf(file));
    verified.set(file.sha256, (await describe(pathOf(file)))?.state ?? '');
  }

  /** Removes files that are not in use, the least recently used first, until those that are coming fit. */
  async function makeRoom(): Promise<void> {
    const entries = await cachedEntries(folder);
    const order = [...lastUsed];
    const rank = ({ sha256, addedAt }: CacheEntry) => [order.indexOf(sha256), addedAt] as const;
    entries.sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1]);
    let bytes = [...coming.values(), ...entries.map((entry) => entry.bytes)].reduce((a, b) => a + b, 0);
    for (const entry of entries) {
      if (bytes <= maxBytes) return;
      if (used.has(entry.sha256) || coming.has(entry.sha256)) continue;
      await evict(entry);
      bytes -= entry.bytes;
    }
  }

  async function evict({ sha256, paths, bytes }: CacheEntry): Promise<void> {
    verified.delete(sha256);
    lastUsed.delete(sha256);
    const removal = Promise.all(paths.map((path) => rm(path, { force: true })));
    const eviction = removal.then(() => {}).finally(() => evictions.delete(sha256));
    evictions.set(sha256, eviction);
    await eviction;
    log.info({ file: sha256, bytes }, 'removed a file from the package cache to make room');
  }

  function startUse({ sha256 }: PackageFile): void {
    used.set(sha256, (used.get(sha256) ?? 0) + 1);
    lastUsed.delete(sha256);
    lastUsed.add(sha256);
  }

  function endUse({ sha256 }: PackageFile): void {
    const left = (used.get(sha256) ?? 0) - 1;
    if (left > 0) used.set(sha256, left);
    else used.delete(sha256);
  }

  return {
    pathOf,

    async withPaths(files, use) {
      for (const file of files) startUse(file);
      const paths = files.map(pathOf);
      try {
        await ensure(files);
        try {
          return await use(paths);
        } catch (error) {
          const found = await Promise.all(paths.map(describe));
          if (!found.includes(undefined)) throw error;
          // The cache was deleted by hand, or another process evicted the file.
          await ensure(files);
          return await use(paths);
        }
      } finally {
        for (const file of files) endUse(file);
      }
    },

    adopt: (file, path) => addMissing(file, () => moveIn(file, path)),

    async tidy() {
      await removeOldEntries(partial, ABANDONED_MS);
    },
  };
}

/** A file in the cache, with those that were derived from it: they have its hash in their names. */
interface CacheEntry {
  readonly sha256: string;
  readonly paths: string[];
  bytes: number;
  addedAt: number;
}

async function cachedEntries(folder: string): Promise<CacheEntry[]> {
  const entries = new Map<string, CacheEntry>();
  for (const name of await readdir(folder)) {
    const sha256 = /[0-9a-f]{64}/.exec(name)?.[0];
    const path = join(folder, name);
    const found = sha256 === undefined ? undefined : await describe(path);
    if (sha256 === undefined || found === undefined) continue;
    const entry = entries.get(sha256) ?? { sha256, paths: [], bytes: 0, addedAt: 0 };
    entry.paths.push(path);
    entry.bytes += found.size;
    entry.addedAt = Math.max(entry.addedAt, found.addedAt);
    entries.set(sha256, entry);
  }
  return [...entries.values()];
}

/** Undefined if there is no such file. `state` changes when something is written to it or takes its place. */
async function describe(path: string) {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return { size, addedAt: mtimeMs, state: `${ino} ${size} ${mtimeMs}` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Ends a download that brings more bytes than the file has. @throws PACKAGE_FILE_CORRUPT */
async function* limited(file: StoredFile, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > file.size) throw corrupt(file, size);
    yield chunk;
  }
}

function corrupt({ name, size, location }: StoredFile, received: number): PaperdeskError {
  const difference =
    received === size ? 'but another hash than the uploaded file' : `instead of ${size} that were uploaded`;
  return new PaperdeskError(
    'PACKAGE_FILE_CORRUPT',
    `The object store gave other bytes for ${name} (${location}): ${received} bytes ${difference}. They are not used; ` +
      'the next use fetches the file again. If this goes on, delete the package and upload it again.',
  );
}
