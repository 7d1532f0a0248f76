import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import { checkNotEmpty } from '../formats/byte-reader.ts';
import { type ArtifactFile, identityOf } from './factor-group.ts';
import { invalidFile } from './text-artifacts.ts';

/** Opening a named pipe or a device does not wait. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The real paths of the folders that files may be in; those that do not exist are left out. */
export function realFolders(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    try {
      return [realpathSync(path)];
    } catch {
      return [];
    }
  });
}

/**
 * Reads a whole file as it was listed. What was listed may be replaced in the meantime, by a named pipe or by a link.
 * @param folders real paths; the file must be below one of them, also where links lead (factor-models.md#2)
 * @throws FILE_EMPTY; FACTOR_FILE_INVALID when it is too large, elsewhere, another file, or changes while it is read
 * (factor-models.md#20)
 */
export function readArtifact(
  file: ArtifactFile,
  name: string,
  limit: number,
  folders: readonly string[],
): Uint8Array {
  checkNotEmpty(file, name);
  if (file.size > limit) throw invalidFile(name, `has ${file.size} bytes; ${limit} are read`);
  const handle = openSync(file.path, FLAGS);
  try {
    const opened = fstatSync(handle);
    if (!opened.isFile() || identityOf(opened) !== file.identity)
      throw invalidFile(name, 'is another file than the one that was listed; it is read at the next scan');
    requireBelow(file, name, folders);
    const bytes = new Uint8Array(file.size);
    let done = 0;
    for (let read = -1; done < bytes.length && read !== 0; done += read) {
      read = readSync(handle, bytes, done, bytes.length - done, done);
    }
    const now = fstatSync(handle);
    if (done !== bytes.length || now.size !== file.size || now.mtimeMs !== file.modifiedAt) {
      throw invalidFile(name, 'is being written');
    }
    return bytes;
  } finally {
    closeSync(handle);
  }
}

/** The real path counts only while it is that of the opened file. */
function requireBelow({ path, identity }: ArtifactFile, name: string, folders: readonly string[]): void {
  const real = realpathSync(path);
  const isBelow = folders.some((folder) => real.startsWith(folder.endsWith(sep) ? folder : folder + sep));
  if (isBelow && identityOf(statSync(real)) === identity) return;
  throw invalidFile(
    name,
    'is a link that leads out of the registered directory; name the folder that it leads to in FACTOR_LINK_ROOTS to allow that',
  );
}
