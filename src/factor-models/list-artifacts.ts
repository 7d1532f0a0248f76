import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { PaperdeskError } from '../errors.ts';
import {
  ARTIFACT_KINDS,
  ARTIFACT_SUFFIXES,
  type ArtifactFile,
  type Artifacts,
  identityOf,
} from './factor-group.ts';
import { compare, sha256Of } from './keys.ts';

/** The artifacts of one group, all from one folder. */
export interface ListedGroup {
  readonly key: string;
  readonly artifacts: Artifacts;
  /** Changes when the path, size or time of a file changes. */
  readonly fingerprint: string;
  /** Sentences about files that are ignored. */
  readonly warnings: readonly string[];
}

export interface Listing {
  /** Sorted by key. */
  readonly groups: readonly ListedGroup[];
  /** Changes when the fingerprint of a group changes. */
  readonly fingerprint: string;
}

const MAX_DEPTH = 32;
const MAX_ENTRIES = 500_000;
/** Answers list all groups of a directory. */
const MAX_GROUPS = 20_000;
/** Looking at so many files takes a moment on the slowest disks. */
const ENTRIES_PER_PROGRESS = 1000;

/**
 * Lists the artifacts below a directory. Names that begin with a dot and links to folders are skipped
 * (factor-models.md#2). Blocks, so it runs in a thread.
 * @param onProgress called now and then
 * @throws FACTOR_ROOT_INVALID
 */
export function listArtifacts(root: string, onProgress: () => void = () => {}): Listing {
  const foldersByKey = new Map<string, Map<string, Artifacts>>();
  let entries = 0;
  for (const { folder, name } of filesBelow(root)) {
    entries += 1;
    if (entries % ENTRIES_PER_PROGRESS === 0) onProgress();
    const kind = ARTIFACT_KINDS.find((one) => name.endsWith(ARTIFACT_SUFFIXES[one]));
    if (kind === undefined) continue;
    const key = name.slice(0, -ARTIFACT_SUFFIXES[kind].length);
    const file = key === '' ? undefined : fileAt(join(folder, name));
    if (file === undefined) continue;
    const folders = foldersByKey.get(key) ?? new Map<string, Artifacts>();
    foldersByKey.set(key, folders.set(folder, { ...folders.get(folder), [kind]: file }));
    if (foldersByKey.size > MAX_GROUPS) {
      throw new PaperdeskError(
        'FACTOR_ROOT_INVALID',
        `${root} has more than ${MAX_GROUPS} groups of artifacts; register folders with fewer.`,
      );
    }
  }
  const groups = Array.from(foldersByKey, ([key, folders]) => listedGroup(key, folders));
  groups.sort((a, b) => compare(a.key, b.key));
  return { groups, fingerprint: hashOf(groups.map(({ key, fingerprint }) => `${key}\0${fingerprint}`)) };
}

/** Uses the first folder in sort order; files of different folders are never mixed (factor-models.md#3). */
function listedGroup(key: string, folders: ReadonlyMap<string, Artifacts>): ListedGroup {
  const sorted = [...folders].sort(([a], [b]) => compareFolders(a, b));
  const [[folder, artifacts], ...others] = sorted as [(typeof sorted)[0], ...typeof sorted];
  const warnings = others.map(
    ([other]) => `${key} is in two folders: the files in ${folder} are used, those in ${other} are ignored.`,
  );
  const files = ARTIFACT_KINDS.map((kind) => {
    const file = artifacts[kind];
    return file === undefined ? '' : `${file.path}\0${file.size}\0${file.modifiedAt}`;
  });
  return { key, artifacts, fingerprint: hashOf([...files, ...warnings]), warnings };
}

function hashOf(lines: readonly string[]): string {
  return sha256Of(lines.map((line) => `${line}\n`).join(''));
}

/** Name by name, so that `a/x` comes before `a-b/x`: no name has a NUL, which sorts before every character. */
function compareFolders(a: string, b: string): number {
  return compare(a.replaceAll(sep, '\0'), b.replaceAll(sep, '\0'));
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

/** The root must exist; another folder may disappear during the scan. */
function entriesOf(folder: string, isRoot: boolean): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    if (!isRoot) return [];
    const detail = `model root path not found or not directory: ${folder}`;
    throw new PaperdeskError('FACTOR_ROOT_INVALID', detail, { cause });
  }
}

/** Follows links to files; undefined for anything else than a file. */
function fileAt(path: string): ArtifactFile | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile()
    ? { path, size: stats.size, modifiedAt: stats.mtimeMs, identity: identityOf(stats) }
    : undefined;
}
