import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PaperdeskError } from '../../errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Clock } from '../../runtime/timers.ts';
import { withDiskErrors } from '../disk-errors.ts';
import { removeOldEntries } from '../old-entries.ts';
import type { PackageStore } from '../package-store.ts';
import { createStagedUpload, type StagedUpload } from '../staged-upload.ts';
import { localPathOf, objectLocation, objectNameOf, type StoredFile } from '../stored-file.ts';
import { createFileCache } from './file-cache.ts';
import type { ObjectStore } from './object-store.ts';
import { requireOwnPrefix } from './prefix-owner.ts';

export interface S3StoreOptions {
  readonly objects: ObjectStore;
  /** The id of the store with the rows of the packages. */
  readonly storeId: () => Promise<string>;
  readonly cache: { readonly folder: string; readonly maxBytes: number };
  /** Used to tell how old objects are. */
  readonly now: Clock;
  readonly newId: () => string;
  readonly log: Log;
}

const CACHE = 'the package cache (PACKAGE_CACHE_DIR)';
const STAGING = '.staging';
const HOUR_MS = 3_600_000;
/** An upload on the local disk without a new byte for this long belongs to a process that died. */
const ABANDONED_MS = HOUR_MS;
/** An upload must be registered within the first time after it began to send; objects without a package are deleted later. */
const SEND_LIMIT_MS = 12 * HOUR_MS;
const ORPHAN_MS = 24 * HOUR_MS;

/** Names that uploads give; others in the bucket are never touched. */
const OBJECT_NAME = /^[0-9a-f]{64}\/[\w.-]{1,100}$/;

/** An object store, and the cache of this node (packages.md#36 to packages.md#42). */
export async function createS3Store({
  objects,
  storeId,
  cache,
  now,
  newId,
  log,
}: S3StoreOptions): Promise<PackageStore> {
  const staging = join(cache.folder, STAGING);
  const makeStaging = () => withDiskErrors(() => mkdir(staging, { recursive: true }), CACHE);
  await makeStaging();
  const files = createFileCache({
    ...cache,
    download: ({ location }) => objects.get(objectNameOf(location)!),
    newId,
    log,
  });
  const sentSince = new WeakMap<StagedUpload, number>();
  const isObject = ({ location }: StoredFile) => objectNameOf(location) !== undefined;

  return {
    withPaths(wanted, use) {
      const stored = wanted.filter(isObject);
      // The default package is part of the program.
      return files.withPaths(stored, () =>
        use(wanted.map((file) => (isObject(file) ? files.pathOf(file) : localPathOf(file)))),
      );
    },

    pathOf: (file) => (isObject(file) ? files.pathOf(file) : localPathOf(file)),

    async stage(uploadId) {
      await makeStaging();
      return createStagedUpload(uploadId, join(staging, uploadId));
    },

    async send(staged) {
      await requireOwnPrefix(objects, await storeId());
      sentSince.set(staged, now());
      for (const file of staged.files.values()) {
        const name = objectNameOf(objectLocation(file, staged.id))!;
        await objects.put(name, createReadStream(join(staged.folder, file.name)), file.size);
      }
    },

    async takenIds() {
      return new Set();
    },

    async place(staged) {
      if (now() - (sentSince.get(staged) ?? 0) > SEND_LIMIT_MS) {
        throw new PaperdeskError(
          'PACKAGE_STORE_UNAVAILABLE',
          `Sending the files took more than ${SEND_LIMIT_MS / HOUR_MS} hours. Upload the package again.`,
        );
      }
      return (name) => objectLocation(staged.files.get(name)!, staged.id);
    },

    async confirm(staged) {
      try {
        for (const file of staged.files.values()) await files.adopt(file, join(staged.folder, file.name));
        await staged.discard();
      } catch (error) {
        log.warn(
          { err: error },
          'uploaded files did not get into the package cache; they are fetched when needed',
        );
      }
    },

    async markForRemoval() {},

    async remove(id, removed) {
      try {
        for (const name of removed.map(({ location }) => objectNameOf(location)))
          if (name !== undefined) await objects.remove(name);
      } catch (error) {
        log.warn({ err: error, package: id }, 'files of a deleted package are still in the object store');
      }
    },

    async tidy(rows) {
      await files.tidy();
      const abandoned = await removeOldEntries(staging, ABANDONED_MS);
      await requireOwnPrefix(objects, await storeId());
      const old: string[] = [];
      for await (const { name, modifiedAt } of objects.list()) {
        if (OBJECT_NAME.test(name) && now() - modifiedAt > ORPHAN_MS) old.push(name);
      }
      // Read after the list: a package that appeared meanwhile keeps its objects.
      const needed = new Set((await rows.files()).map(({ location }) => objectNameOf(location)));
      const orphans = old.filter((name) => !needed.has(name));
      for (const name of orphans) await objects.remove(name);
      return { removed: [...abandoned, ...orphans], unknown: [] };
    },

    close: objects.close,
  };
}
