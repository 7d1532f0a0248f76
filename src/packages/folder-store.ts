import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreMissing } from '../runtime/ignore-missing.ts';
import { syncPath } from '../runtime/sync-path.ts';
import { withDiskErrors } from './disk-errors.ts';
import { removeOldEntries } from './old-entries.ts';
import type { PackageRows, PackageStore } from './package-store.ts';
import { createStagedUpload } from './staged-upload.ts';
import { localPathOf, relativePath } from './stored-file.ts';

/** In the same file system as the packages, so that a rename is enough to move an upload to its place. */
const STAGING = '.staging';

/** In a folder that nodes share, an upload without a new byte for this long belongs to a node that died. */
const ABANDONED_MS = 3_600_000;

/**
 * This file is in a package's folder from before it is moved to its place until its row is committed, and again from
 * before the row is deleted until the folder is deleted. A folder with it and without a row is left over from a crash.
 */
const PENDING_MARK = '.pending';

/**
 * A folder with one folder per package (packages.md#6 to packages.md#9).
 * @param isShared whether other nodes may use it at the same time
 */
export function createFolderStore(root: string, isShared = false): PackageStore {
  const staging = join(root, STAGING);
  const folderOf = (id: string) => join(root, id);
  const markOf = (id: string) => join(root, id, PENDING_MARK);

  /** Folders with the mark. */
  async function pending(): Promise<string[]> {
    const marked: string[] = [];
    for (const id of await foldersIn(root)) if (await exists(markOf(id))) marked.push(id);
    return marked;
  }

  /** Moves folders that a crash left to `bin`. No folder gets a mark, and no row comes or goes, while this runs. */
  async function takeAway(bin: string, ids: ReadonlySet<string>): Promise<void> {
    for (const id of await pending()) {
      if (ids.has(id)) await rm(markOf(id), { force: true });
      // Where it is gone, the node that deleted the package has removed it meanwhile.
      else await rename(folderOf(id), join(bin, id)).catch(ignoreMissing);
    }
  }

  /** @returns their names */
  async function removePending(rows: PackageRows): Promise<string[]> {
    if ((await pending()).length === 0) return [];
    // Deleting gigabytes would take longer than other nodes wait.
    const bin = await mkdtemp(join(staging, 'removed-'));
    await rows.exclusively((ids) => takeAway(bin, ids));
    const removed = await readdir(bin);
    await rm(bin, { recursive: true, force: true });
    return removed;
  }

  return {
    withPaths: (files, use) => use(files.map(localPathOf)),
    pathOf: localPathOf,

    async stage(uploadId) {
      await withDiskErrors(() => mkdir(staging).catch(ignoreExisting));
      return createStagedUpload(uploadId, join(staging, uploadId));
    },

    async send() {},

    async takenIds(staged) {
      const ids = await foldersIn(root);
      return new Set(ids.filter((id) => folderOf(id) !== staged.folder));
    },

    async place(staged, id) {
      await withDiskErrors(async () => {
        await writeFile(join(staged.folder, PENDING_MARK), '', { flush: true });
        await syncPath(staged.folder);
        await staged.moveTo(folderOf(id));
        await syncPath(root);
      });
      return (name) => relativePath(join(root, id, name));
    },

    confirm: (_, id) => rm(markOf(id), { force: true }),

    async markForRemoval(id) {
      await withDiskErrors(async () => {
        await mkdir(folderOf(id), { recursive: true });
        await writeFile(markOf(id), '', { flush: true });
      });
    },

    remove: (id) => rm(folderOf(id), { recursive: true, force: true }),

    async tidy(rows) {
      const abandoned = await removeOldEntries(staging, isShared ? ABANDONED_MS : 0);
      const left = await removePending(rows);
      const known = new Set([...(await rows.ids()), ...(await pending())]);
      return {
        removed: [...abandoned.map((name) => join(STAGING, name)), ...left],
        unknown: (await foldersIn(root)).filter((id) => !known.has(id)),
      };
    },

    close() {},
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
