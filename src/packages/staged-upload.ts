import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncPath } from '../runtime/sync-path.ts';
import { withDiskErrors } from './disk-errors.ts';
import type { PackageFile, PackageFileName } from './stored-file.ts';
import { writeAndHash } from './write-and-hash.ts';

/** The files of an upload in a staging folder, before they become a package (packages.md#7). */
export interface StagedUpload {
  readonly id: string;
  /** Where the files are now. */
  readonly folder: string;
  readonly files: ReadonlyMap<PackageFileName, PackageFile>;
  /** Writes one file and hashes it meanwhile. @throws DISK_FULL, STORE_READ_ONLY, what `chunks` throws */
  write(name: PackageFileName, chunks: AsyncIterable<Uint8Array>): Promise<PackageFile>;
  /** Flushes all files to the disk. */
  sync(): Promise<void>;
  /** Renames the folder. */
  moveTo(folder: string): Promise<void>;
  /** Removes the staging folder; does nothing once it became a package. */
  discard(): Promise<void>;
}

/** Creates the staging folder of an upload. @throws DISK_FULL, STORE_READ_ONLY */
export async function createStagedUpload(id: string, stagingFolder: string): Promise<StagedUpload> {
  // Not recursive: on a read-only file system Node would report ENOENT.
  await withDiskErrors(() => mkdir(stagingFolder));
  let folder = stagingFolder;
  const files = new Map<PackageFileName, PackageFile>();
  return {
    id,
    get folder() {
      return folder;
    },
    files,

    async write(name, chunks) {
      const file = { name, ...(await writeAndHash(join(folder, name), chunks)) };
      files.set(name, file);
      return file;
    },

    async sync() {
      await withDiskErrors(async () => {
        for (const name of files.keys()) await syncPath(join(folder, name));
      });
    },

    async moveTo(target) {
      await rename(folder, target);
      folder = target;
    },

    discard: () => rm(stagingFolder, { recursive: true, force: true }),
  };
}
