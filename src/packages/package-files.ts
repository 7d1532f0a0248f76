import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PaperdeskError } from '../errors.ts';

/** One stored file of a package. */
export interface PackageFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

/** What a package's folder may hold. */
export type PackageFileName =
  | 'forecast_model.pt'
  | 'ppo_policy.zip'
  | 'scaler.pkl'
  | 'scaler.json'
  | 'manifest.json';

/** A folder that an upload is written to before it becomes a package. */
export interface StagedUpload {
  readonly folder: string;
  readonly files: Map<PackageFileName, PackageFile>;
}

/** Uploads are written here, in the same file system as the packages, so that a rename puts them in place. */
const STAGING = '.staging';

/**
 * Stands in a package's folder from before the folder gets its name until the row is committed, and again from
 * before the row is deleted until the folder is gone. A folder that has it and no row is what a crash left over.
 */
const PENDING_MARK = '.pending';

export interface PackageFolders {
  readonly root: string;
  stage(uploadId: string): Promise<StagedUpload>;
  write(staged: StagedUpload, name: PackageFileName, chunks: AsyncIterable<Uint8Array>): Promise<PackageFile>;
  discard(staged: StagedUpload): Promise<void>;
  /** Whether a folder of this name stands, with or without a row. */
  occupied(): Promise<ReadonlySet<string>>;
  /** Gives a staged upload its place; not yet a package until `confirm`. */
  place(staged: StagedUpload, id: string): Promise<void>;
  confirm(id: string): Promise<void>;
  /** Marks a folder as one that may go, before its row does. */
  markForRemoval(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Puts in order what a crash left: answers what was swept and which folders nobody knows. */
  sweep(isRegistered: (id: string) => boolean): Promise<{ removed: string[]; unknown: string[] }>;
}

/** The folders of uploaded packages below `root`. */
export function packageFolders(root: string): PackageFolders {
  const staging = join(root, STAGING);
  const folderOf = (id: string) => join(root, id);
  const markOf = (id: string) => join(root, id, PENDING_MARK);

  return {
    root,

    async stage(uploadId) {
      const folder = join(staging, uploadId);
      await onDisk(() => mkdir(folder, { recursive: true }));
      return { folder, files: new Map() };
    },

    async write(staged, name, chunks) {
      const hash = createHash('sha256');
      let size = 0;
      const handle = await onDisk(() => open(join(staged.folder, name), 'wx'));
      try {
        for await (const chunk of chunks) {
          hash.update(chunk);
          size += chunk.length;
          await onDisk(() => writeAll(handle, chunk));
        }
        await onDisk(() => handle.sync());
      } finally {
        await handle.close();
      }
      const file = { name, size, sha256: hash.digest('hex') };
      staged.files.set(name, file);
      return file;
    },

    async discard(staged) {
      await rm(staged.folder, { recursive: true, force: true });
    },

    async occupied() {
      return new Set(await foldersIn(root));
    },

    async place(staged, id) {
      await onDisk(async () => {
        await writeFile(join(staged.folder, PENDING_MARK), '', { flush: true });
        await syncFolder(staged.folder);
        await rename(staged.folder, folderOf(id));
        await syncFolder(root);
      });
    },

    async confirm(id) {
      await rm(markOf(id), { force: true });
    },

    async markForRemoval(id) {
      await onDisk(async () => {
        await mkdir(folderOf(id), { recursive: true });
        await writeFile(markOf(id), '', { flush: true });
      });
    },

    async remove(id) {
      await rm(folderOf(id), { recursive: true, force: true });
    },

    async sweep(isRegistered) {
      const removed: string[] = [];
      const unknown: string[] = [];
      await mkdir(staging, { recursive: true });
      for (const name of await readdir(staging)) {
        await rm(join(staging, name), { recursive: true, force: true });
        removed.push(join(STAGING, name));
      }
      for (const id of await foldersIn(root)) {
        const pending = await exists(markOf(id));
        if (isRegistered(id)) {
          if (pending) await rm(markOf(id), { force: true });
        } else if (pending) {
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

async function foldersIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && entry.name !== STAGING).map((entry) => entry.name);
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  let done = 0;
  while (done < chunk.length) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done);
    done += bytesWritten;
  }
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

/** Makes the names in a folder durable, as fsync does for the bytes of a file. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const FULL_DISK = new Set(['ENOSPC', 'EDQUOT']);

async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (FULL_DISK.has(code)) {
      throw new PaperdeskError(
        'DISK_FULL',
        'The disk that keeps the model packages is full; nothing was stored. Make room and upload again.',
        { cause: error },
      );
    }
    if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
      throw new PaperdeskError('STORE_READ_ONLY', 'The folder of the model packages cannot be written.', {
        cause: error,
      });
    }
    throw error;
  }
}
