import { PaperdeskError } from '../errors.ts';

/** No space on the disk or in a quota, or the file is larger than the system allows. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const NOT_WRITABLE = new Set(['EROFS', 'EACCES', 'EPERM']);

/**
 * Runs `work` on a folder.
 * @param what is in the folder, for messages
 * @throws DISK_FULL, STORE_READ_ONLY in place of the system's errors (packages.md#9)
 */
export async function withDiskErrors<T>(work: () => Promise<T>, what = 'the model packages'): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (FULL.has(code)) {
      throw new PaperdeskError(
        'DISK_FULL',
        `The disk of ${what} is full; nothing was stored. Free some space and try again.`,
        { cause },
      );
    }
    if (NOT_WRITABLE.has(code)) {
      throw new PaperdeskError('STORE_READ_ONLY', `The folder of ${what} cannot be written.`, { cause });
    }
    throw cause;
  }
}
