import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { PaperdeskError } from '../../errors.ts';
import { escapePattern } from '../../runtime/escape-pattern.ts';
import { type MarketFile, marketFileOf } from './market-file-name.ts';
import { isZip, type TextPlace, zipMembers } from './market-texts.ts';

/** A file, or a member of a zip container, that holds market data. */
export interface FoundFile extends MarketFile, TextPlace {
  /** For people: its name, within the folder that was given. */
  readonly label: string;
  /** Bytes, as it lies on the disk. */
  readonly size: number;
}

/** A file that is not read, and why. */
export interface LeftFile {
  readonly label: string;
  readonly reason: string;
}

export interface FoundFiles {
  /** By symbol, content and name: files of consecutive months in their order. */
  readonly files: readonly FoundFile[];
  /** Not data, or in a folder and not named as data. */
  readonly skipped: readonly LeftFile[];
  /** Named by the caller, or packed data, and cannot be used. */
  readonly refused: readonly LeftFile[];
}

/**
 * Finds the files with market data: each of `paths` is a file, a folder, which is searched with all folders in it, or a
 * pattern with `*` and `?` in its last part, for shells that do not replace it.
 * @throws the system's error ENOENT for a path that does not exist; PaperdeskError MARKET_DATA_INVALID for a pattern that
 * nothing matches
 */
export async function findMarketFiles(paths: readonly string[]): Promise<FoundFiles> {
  const files: FoundFile[] = [];
  const skipped: LeftFile[] = [];
  const refused: LeftFile[] = [];
  for (const path of paths) {
    for (const { file, label, isNamed } of await listed(path)) {
      const noData = reasonToSkip(label);
      if (noData !== undefined) skipped.push({ label, reason: noData });
      else {
        try {
          files.push(...(await contentOf(file, label)));
        } catch (error) {
          const { reason, isName } = refusalOf(error, label);
          (isNamed || !isName ? refused : skipped).push({ label, reason });
        }
      }
    }
  }
  const order = ({ symbol, content, label }: FoundFile) => `${symbol} ${content} ${label}`;
  files.sort((one, other) => (order(one) < order(other) ? -1 : 1));
  return { files, skipped, refused };
}

/** Why a file cannot be used, and whether that is because of its name. @throws what is no fault of the file */
function refusalOf(error: unknown, label: string): { readonly reason: string; readonly isName: boolean } {
  if (error instanceof PaperdeskError) {
    const isName = error.code === 'MARKET_DATA_INVALID';
    return { reason: isName ? error.message : `${label}: ${error.message}`, isName };
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) throw error;
  return { reason: `${label} cannot be read (${code}).`, isName: false };
}

interface ListedFile {
  readonly file: string;
  readonly label: string;
  /** Whether the caller named it, or a pattern that it matches. */
  readonly isNamed: boolean;
}

async function listed(path: string): Promise<ListedFile[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && /[*?]/.test(basename(path))) return;
    // A wrong name is the greater mistake.
    if (error.code === 'ENOENT') marketFileOf(path);
    throw error;
  });
  if (found === undefined) return matching(path);
  if (!found.isDirectory()) return [{ file: path, label: basename(path), isNamed: true }];
  const names = await readdir(path, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ file, label: relative(path, file), isNamed: false }));
}

/** @throws PaperdeskError MARKET_DATA_INVALID when no file matches */
async function matching(path: string): Promise<ListedFile[]> {
  const [folder, pattern] = [dirname(path), basename(path)];
  const source = escapePattern(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.');
  const names = (await readdir(folder)).filter((name) => new RegExp(`^${source}$`).test(name)).sort();
  if (names.length === 0) throw new PaperdeskError('MARKET_DATA_INVALID', `No file matches ${path}.`);
  return names.map((name) => ({ file: join(folder, name), label: name, isNamed: true }));
}

/** Why a file is certainly no data; undefined if it may be. */
function reasonToSkip(label: string): string | undefined {
  if (/\.checksum$/i.test(label)) return 'checksums are not read';
  const isHidden = label.split(/[\\/]/).some((part) => part.startsWith('.') || part === '__MACOSX');
  return isHidden ? 'hidden files are not read' : undefined;
}

/** The data in a file. A zip container's members say what they hold, or else the container does. */
async function contentOf(file: string, label: string): Promise<FoundFile[]> {
  const found = await stat(file);
  // Opening a named pipe would wait for a writer.
  if (!found.isFile()) throw new PaperdeskError('MARKET_DATA_INVALID', `${label} is no regular file.`);
  const { size } = found;
  if (!(await isZip(file))) return [{ ...marketFileOf(file), path: file, label, size }];
  const members = (await zipMembers(file)).filter(({ name }) => reasonToSkip(name) === undefined);
  if (members.length === 0) {
    throw new PaperdeskError('ZIP_MALFORMED', 'The zip container holds no file.');
  }
  return members.map(({ name }) => ({
    ...(members.length === 1 ? packedFileOf(name, file) : marketFileOf(join(file, name))),
    ...{ path: file, member: name, size: size / members.length },
    label: members.length === 1 ? label : `${label}/${name}`,
  }));
}

function packedFileOf(member: string, container: string): MarketFile {
  try {
    return marketFileOf(container);
  } catch (error) {
    if (!(error instanceof PaperdeskError)) throw error;
    return marketFileOf(member);
  }
}
