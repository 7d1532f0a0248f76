import { type FileHandle, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PaperdeskError } from '../errors.ts';
import { digestOf } from './digest.ts';

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
  /** Makes what was written durable. */
  sync(staged: StagedUpload): Promise<void>;
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
      await onDisk(async () => {
        await mkdir(staging).catch(ignoreExisting);
        // Not recursive: on a file system that is read-only Node would then say ENOENT.
        await mkdir(folder);
      });
      return { folder, files: new Map() };
    },

    async write(staged, name, chunks) {
      const path = join(staged.folder, name);
      const digest = digestOf(path);
      let size = 0;
      const handle = await onDisk(() => open(path, 'wx'));
      let writing = Promise.resolve();

      async function writeBatch(batch: readonly Uint8Array[]): Promise<void> {
        size += await onDisk(() => writeAll(handle, batch));
        digest.add(batch);
      }

      try {
        // One batch is written while the next one is received.
        for await (const batch of batchesOf(chunks)) {
          await writing;
          writing = writeBatch(batch);
          // It is waited for, and its failure met, in the next round.
          writing.catch(() => {});
        }
        await writing;
        const file = { name, size, sha256: await digest.finish() };
        staged.files.set(name, file);
        return file;
      } finally {
        await writing.catch(() => {});
        digest.abandon();
        await handle.close();
      }
    },

    async sync(staged) {
      await onDisk(async () => {
        for (const name of staged.files.keys()) await syncPath(join(staged.folder, name));
      });
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
        await syncPath(staged.folder);
        await rename(staged.folder, folderOf(id));
        await syncPath(root);
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

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

async function foldersIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && entry.name !== STAGING).map((entry) => entry.name);
}

/** Chunks of a request are small; written together they take a third of the time. */
const BATCH_BYTES = 4 * 2 ** 20;

async function* batchesOf(chunks: AsyncIterable<Uint8Array>): AsyncIterableIterator<Uint8Array[]> {
  let batch: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    batch.push(chunk);
    size += chunk.length;
    if (size < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    size = 0;
  }
  if (size > 0) yield batch;
}

/** Answers the number of bytes. */
async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<number> {
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  let { bytesWritten: done } = await handle.writev(chunks);
  // A full write is the rule; the rest of another one follows in one piece.
  for (const rest = Buffer.concat(done < size ? chunks : []).subarray(done); done < size; ) {
    done += (await handle.write(rest, rest.length - (size - done))).bytesWritten;
  }
  return size;
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

/** Makes the bytes of a file durable, or the names in a folder. */
async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** No room on the disk, in a quota, or below a limit for files. */
const FULL_DISK = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

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
