import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { PaperdeskError } from '../errors.ts';
import { ARTIFACT_KINDS, ARTIFACT_SUFFIXES, type ArtifactFile, type ArtifactKind } from './factor-group.ts';

/** The artifacts of one group, all from one folder. */
export interface ListedGroup {
  readonly key: string;
  readonly artifacts: Readonly<Partial<Record<ArtifactKind, ArtifactFile>>>;
  /** Changes when a file of the group does. */
  readonly fingerprint: string;
  /** Sentences about files that are left out. */
  readonly warnings: readonly string[];
}

export interface Listing {
  /** By key, in order. */
  readonly groups: readonly ListedGroup[];
  /** Changes when any artifact's name, size or time does. */
  readonly fingerprint: string;
}

const MAX_DEPTH = 32;
const MAX_ENTRIES = 500_000;

/**
 * Lists the artifacts below a directory; names that begin with a dot and links to folders are passed over. Blocks while
 * it looks, so it runs in the thread that scans.
 * @throws FACTOR_ROOT_INVALID
 */
export function listArtifacts(root: string): Listing {
  const byKey = new Map<string, Map<string, Partial<Record<ArtifactKind, ArtifactFile>>>>();
  for (const { folder, name } of filesBelow(root)) {
    const kind = ARTIFACT_KINDS.find((one) => name.endsWith(ARTIFACT_SUFFIXES[one]));
    if (kind === undefined) continue;
    const key = name.slice(0, -ARTIFACT_SUFFIXES[kind].length);
    const file = key === '' ? undefined : fileAt(join(folder, name));
    if (file === undefined) continue;
    const folders = byKey.get(key) ?? new Map<string, Partial<Record<ArtifactKind, ArtifactFile>>>();
    byKey.set(key, folders);
    folders.set(folder, { ...folders.get(folder), [kind]: file });
  }
  const groups = [...byKey].sort(([a], [b]) => compare(a, b)).map(([key, folders]) => groupOf(key, folders));
  return { groups, fingerprint: hashOf(groups.map(({ key, fingerprint }) => `${key}\0${fingerprint}`)) };
}

/** The first folder in sort order counts; files of different folders are never mixed. */
function groupOf(
  key: string,
  folders: Map<string, Partial<Record<ArtifactKind, ArtifactFile>>>,
): ListedGroup {
  const sorted = [...folders].sort(([a], [b]) => compareFolders(a, b));
  const [[folder, artifacts], ...others] = sorted as [(typeof sorted)[0], ...typeof sorted];
  const warnings = others.map(
    ([other]) => `${key} stands in two folders: ${folder} counts, what is in ${other} is left out.`,
  );
  const lines = ARTIFACT_KINDS.map((kind) => {
    const file = artifacts[kind];
    return file === undefined ? '' : `${file.path}\0${file.size}\0${file.modifiedAt}`;
  });
  return { key, artifacts, fingerprint: hashOf([...lines, ...warnings]), warnings };
}

function hashOf(lines: readonly string[]): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line).update('\n');
  return hash.digest('hex');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Name by name, so that `a/x` comes before `a-b/x`. */
function compareFolders(a: string, b: string): number {
  const [left, right] = [a.split(sep), b.split(sep)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compare(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function* filesBelow(root: string): Iterable<{ folder: string; name: string }> {
  const open: { folder: string; depth: number }[] = [{ folder: root, depth: 0 }];
  let entries = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { folder, depth } = next;
    for (const entry of entriesOf(folder, depth === 0)) {
      if (++entries > MAX_ENTRIES) {
        throw new PaperdeskError(
          'FACTOR_ROOT_INVALID',
          `${root} has more than ${MAX_ENTRIES} files and folders below it; register the folder with the artifacts.`,
        );
      }
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) {
        if (depth < MAX_DEPTH) open.push({ folder: join(folder, entry.name), depth: depth + 1 });
      } else yield { folder, name: entry.name };
    }
  }
}

/** A folder that goes away while it is looked at has nothing in it; the root must be there. */
function entriesOf(folder: string, isRoot: boolean): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isRoot) throw rootNotFound(folder, error);
    return [];
  }
}

function rootNotFound(root: string, cause?: unknown): PaperdeskError {
  return new PaperdeskError('FACTOR_ROOT_INVALID', `model root path not found or not directory: ${root}`, {
    cause,
  });
}

/** Links to files are followed; what is no file, or is gone by now, is none. */
function fileAt(path: string): ArtifactFile | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? { path, size: stats.size, modifiedAt: stats.mtimeMs } : undefined;
}
