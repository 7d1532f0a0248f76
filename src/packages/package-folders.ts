import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withDiskErrors } from './disk-errors.ts';
import { createStagedUpload, type StagedUpload, syncPath } from './staged-upload.ts';

/** The folders of uploaded packages (packages.md#6 to packages.md#9). */
export interface PackageFolders {
  readonly root: string;
  /** Creates a staging folder for an upload. @throws DISK_FULL, STORE_READ_ONLY */
  stage(uploadId: string): Promise<StagedUpload>;
  /** Names of all folders, whether or not they belong to a package. */
  names(): Promise<ReadonlySet<string>>;
  /** Moves a staged upload to its place, marked as pending. @throws DISK_FULL, STORE_READ_ONLY */
  place(staged: StagedUpload, id: string): Promise<void>;
  /** Removes the pending mark, once the package has its row. */
  confirm(id: string): Promise<void>;
  /** Marks a folder as pending before its row is deleted. @throws DISK_FULL, STORE_READ_ONLY */
  markForRemoval(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Removes what a crash left over. @returns what was removed, and the folders that belong to no package */
  removeLeftovers(isRegistered: (id: string) => boolean): Promise<{ removed: string[]; unknown: string[] }>;
}

/** In the same file system as the packages, so that a rename is enough to move an upload to its place. */
const STAGING = '.staging';

/**
 * This file is in a package's folder from before it is moved to its place until its row is committed, and again from
 * before the row is deleted until the folder is deleted. A folder with it and without a row is left over from a crash.
 */
const PENDING_MARK = '.pending';

/** @param root folder that has one folder per package */
export function createPackageFolders(root: string): PackageFolders {
  const staging = join(root, STAGING);
  const folderOf = (id: string) => join(root, id);
  const markOf = (id: string) => join(root, id, PENDING_MARK);

  return {
    root,

    async stage(uploadId) {
      await withDiskErrors(() => mkdir(staging).catch(ignoreExisting));
      return createStagedUpload(join(staging, uploadId));
    },

    names: async () => new Set(await foldersIn(root)),

    async place({ folder }, id) {
      await withDiskErrors(async () => {
        await writeFile(join(folder, PENDING_MARK), '', { flush: true });
        await syncPath(folder);
        await rename(folder, folderOf(id));
        await syncPath(root);
      });
    },

    confirm: (id) => rm(markOf(id), { force: true }),

    async markForRemoval(id) {
      await withDiskErrors(async () => {
        await mkdir(folderOf(id), { recursive: true });
        await writeFile(markOf(id), '', { flush: true });
      });
    },

    remove: (id) => rm(folderOf(id), { recursive: true, force: true }),

    async removeLeftovers(isRegistered) {
      const removed: string[] = [];
      const unknown: string[] = [];
      await mkdir(staging, { recursive: true });
      for (const name of await readdir(staging)) {
        await rm(join(staging, name), { recursive: true, force: true });
        removed.push(join(STAGING, name));
      }
      for (const id of await foldersIn(root)) {
        const isPending = await exists(markOf(id));
        if (isRegistered(id)) {
          if (isPending) await rm(markOf(id), { force: true });
        } else if (isPending) {
          await rm(folderOf(id), { recursive: true, force: true });
          removed.push(id);
        } else {
          unknown.push(id);
        }
      }
      return { removed, unknown };
    },
  };
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

async function foldersIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && entry.name !== STAGING).map((entry) => entry.name);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
