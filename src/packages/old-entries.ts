import { mkdir, mkdtemp, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreMissing } from '../runtime/ignore-missing.ts';

/**
 * Removes the files and folders in `folder` in which nothing was written for `ageMs`; creates the folder if it is missing.
 * @returns their names
 */
export async function removeOldEntries(folder: string, ageMs: number): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const removed: string[] = [];
  const names = await readdir(folder);
  // Times of files are those of the file system, which may be another machine's.
  const now = ageMs > 0 && names.length > 0 ? await fileSystemTime(folder) : Number.POSITIVE_INFINITY;
  for (const name of names) {
    const path = join(folder, name);
    if (now - (await lastWritten(path)) < ageMs) continue;
    await rm(path, { recursive: true, force: true });
    removed.push(name);
  }
  return removed;
}

const PROBE = '.time-';

async function fileSystemTime(folder: string): Promise<number> {
  const probe = await mkdtemp(join(folder, PROBE));
  try {
    return (await stat(probe)).mtimeMs;
  } finally {
    await rmdir(probe);
  }
}

/** The newest time of a file, or of a folder and the files in it; infinity if it is gone. */
async function lastWritten(path: string): Promise<number> {
  const found = await stat(path).catch(ignoreMissing);
  if (found === undefined) return Number.POSITIVE_INFINITY;
  const inside = found.isDirectory() ? await readdir(path).catch(ignoreMissing) : [];
  const times = await Promise.all((inside ?? []).map((name) => stat(join(path, name)).catch(ignoreMissing)));
  return Math.max(found.mtimeMs, ...times.map((file) => file?.mtimeMs ?? 0));
}
