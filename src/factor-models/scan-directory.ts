import type { FactorGroup } from './factor-group.ts';
import { type CachedGroup, type GroupCache, isModelCached } from './group-cache.ts';
import { type ListedGroup, listArtifacts } from './list-artifacts.ts';
import { realFolders } from './read-artifact.ts';
import { readGroup } from './read-group.ts';
import { type GroupChange, groupChange, type ScanChanges, scanChanges } from './scan-changes.ts';

/** Summary of a scan; the groups themselves go to `onGroup`. */
export interface ScanResult {
  /** Of the directory as it was scanned. */
  readonly fingerprint: string;
  /** Keys of groups that the last scan found and this one did not. */
  readonly removed: readonly string[];
  /** How many groups were read, and how many were as before. */
  readonly read: number;
  readonly unchanged: number;
  /** Undefined for the first scan of a directory. */
  readonly changes: ScanChanges | undefined;
}

/** How to scan a directory. */
export interface ScanOptions {
  /** Also gives groups that have not changed. */
  readonly sendAll: boolean;
  /** Folders that links in the directory may lead to, in addition to the directory itself. */
  readonly linkRoots: readonly string[];
  /** Called now and then while files are listed. */
  readonly onProgress?: () => void;
}

/**
 * Scans a directory and updates its cache; only groups whose files changed are read (factor-models.md#21). Gives each
 * group, or undefined for one that has not changed, and blocks in between, so it runs in a process of its own.
 * @throws FACTOR_ROOT_INVALID
 */
export function* scanDirectory(
  root: string,
  cache: GroupCache,
  { sendAll, linkRoots, onProgress }: ScanOptions,
): Generator<FactorGroup | undefined, ScanResult, void> {
  const listing = listArtifacts(root, onProgress);
  const folders = realFolders([root, ...linkRoots]);
  // Only models that the last scan no longer needed: those of its snapshot may be in use until this scan has ended.
  cache.deleteUnusedModels();
  const groups = new Map<string, CachedGroup>();
  const changed: string[] = [];
  const changes: (GroupChange | undefined)[] = [];
  for (const listed of listing.groups) {
    const before = cache.groups.get(listed.key);
    const isUnchanged = before?.fingerprint === listed.fingerprint && isModelCached(before.group);
    const now = isUnchanged ? before : readChanged(listed, before, cache, folders);
    groups.set(listed.key, now);
    if (!isUnchanged) {
      changed.push(listed.key);
      changes.push(groupChange(before?.group, now.group, listed.artifacts));
    }
    yield !isUnchanged || sendAll ? now.group : undefined;
  }
  const removed = [...cache.groups.keys()].filter((key) => !groups.has(key));
  for (const key of removed) changes.push(groupChange(cache.groups.get(key)!.group, undefined, {}));
  const isFirst = !cache.isFilled;
  cache.update(groups, changed, removed);
  return {
    fingerprint: listing.fingerprint,
    removed,
    read: changed.length,
    unchanged: groups.size - changed.length,
    changes: isFirst ? undefined : scanChanges(changes),
  };
}

/** Where an artifact cannot be read, the last complete state stays: files of different moments are never mixed. */
function readChanged(
  listed: ListedGroup,
  before: CachedGroup | undefined,
  cache: GroupCache,
  folders: readonly string[],
): CachedGroup {
  const { fingerprint } = listed;
  const { group, isComplete } = readGroup(listed, cache, folders);
  if (isComplete) return { fingerprint, group, complete: group };
  const complete = before?.complete ?? null;
  if (complete === null) return { fingerprint, group, complete };
  const warnings = [
    ...group.warnings,
    `${group.key} is shown as it was when all its files could last be read.`,
  ];
  return { fingerprint, group: { ...complete, warnings }, complete };
}
