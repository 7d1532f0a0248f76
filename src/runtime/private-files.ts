import { chmod, lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreMissing } from './ignore-missing.ts';

/** Permissions of group and others. */
const OTHERS = 0o077;

/** From now on, files and folders that this process makes are accessible to its user only. */
export function keepNewFilesPrivate(): void {
  process.umask(OTHERS);
}

/**
 * Makes existing files, and folders with all that they hold, accessible to their owner only. What does not exist is skipped, and
 * links in folders are not followed.
 * @returns the paths that stay accessible to others, because they belong to another user or cannot be written
 */
export async function makePrivate(paths: readonly string[]): Promise<string[]> {
  const open: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(ignoreMissing);
    if (found === undefined || (found.mode & OTHERS) === 0) continue;
    const inside = found.isDirectory() ? await readdir(path, { recursive: true }) : [];
    for (const name of inside) await closeToOthers(join(path, name), open);
    // Last: if this is interrupted, the next start does all of it again.
    if (!(await withoutOthers(path, found.mode))) open.push(path);
  }
  return open;
}

async function closeToOthers(path: string, open: string[]): Promise<void> {
  const found = await lstat(path).catch(ignoreMissing);
  if (found === undefined || found.isSymbolicLink() || (found.mode & OTHERS) === 0) return;
  if (!(await withoutOthers(path, found.mode))) open.push(path);
}

/** Returns false if the file system does not allow it. */
async function withoutOthers(path: string, mode: number): Promise<boolean> {
  try {
    await chmod(path, mode & 0o7700);
    return true;
  } catch (error) {
    if (['EPERM', 'EACCES', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    ignoreMissing(error as NodeJS.ErrnoException);
    return true;
  }
}
