import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PaperdeskError } from '../errors.ts';
import type { ArtifactFile, CachedModel, FactorGroup } from './factor-group.ts';
import { sha256Of } from './keys.ts';

/** A group as of the last scan. */
export interface CachedGroup {
  /** Of the artifacts that it was read from. */
  readonly fingerprint: string;
  readonly group: FactorGroup;
  /** The newest complete reading; the same object as `group` where that one is complete. */
  readonly complete: FactorGroup | null;
}

/**
 * The groups of one directory as of the last scan, and their models as JSON: in memory, and in a folder on disk that
 * survives restarts and can be deleted at any time (factor-models.md#15).
 */
export interface GroupCache {
  /** By key. */
  readonly groups: ReadonlyMap<string, CachedGroup>;
  /** Whether a scan filled the cache, in this run or an earlier one. */
  readonly isFilled: boolean;
  saveModel(key: string, source: ArtifactFile, json: Uint8Array): SavedModel;
  /** Replaces the groups with those of a new scan; `changed` and `removed` are the keys that differ. */
  update(
    groups: ReadonlyMap<string, CachedGroup>,
    changed: readonly string[],
    removed: readonly string[],
  ): void;
  /** Deletes models that no group needs. */
  deleteUnusedModels(): void;
}

type SavedModel = Pick<CachedModel, 'cachedPath' | 'size' | 'sha256'>;

/** Raised when the format of the cached groups changes; groups of another format are read again from the artifacts. */
const FORMAT = 4;
/** One JSON object a line; a later line about a group replaces the earlier ones. */
const GROUPS_FILE = 'groups.jsonl';
const MAX_KEY_IN_FILE_NAME = 150;

/** @param folder created when something is written */
export function openGroupCache(folder: string): GroupCache {
  const groupsFile = join(folder, GROUPS_FILE);
  const stored =
    ifPossible(() => readFileSync(groupsFile))
      ?.toString('utf8')
      .split('\n') ?? [];
  let lineCount = stored.length;
  let groups: ReadonlyMap<string, CachedGroup> = parseGroups(stored);
  let isFilled = groups.size > 0;

  return {
    get groups() {
      return groups;
    },

    get isFilled() {
      return isFilled;
    },

    saveModel(key, source, json) {
      const id = sha256Of(`${source.path}\0${source.size}\0${source.modifiedAt}`).slice(0, 12);
      const cachedPath = join(folder, `${key.slice(0, MAX_KEY_IN_FILE_NAME)}.${id}.model.json`);
      mkdirSync(folder, { recursive: true });
      // A half-written file does no harm: readers check the hash.
      writeFileSync(cachedPath, json);
      return { cachedPath, size: json.length, sha256: sha256Of(json) };
    },

    update(newGroups, changed, removed) {
      groups = newGroups;
      isFilled = true;
      if (changed.length + removed.length === 0) return;
      try {
        mkdirSync(folder, { recursive: true });
        if (Math.max(changed.length, lineCount - groups.size) * 2 >= groups.size) {
          writeFileSync(`${groupsFile}.tmp`, linesOf(groups, groups.keys(), []));
          renameSync(`${groupsFile}.tmp`, groupsFile);
          lineCount = groups.size;
        } else {
          appendFileSync(groupsFile, linesOf(groups, changed, removed));
          lineCount += changed.length + removed.length;
        }
      } catch {
        // The next start reads the artifacts again.
      }
    },

    deleteUnusedModels() {
      const used = new Set([groupsFile]);
      for (const { group, complete } of groups.values()) {
        for (const model of [group.model, complete?.model]) if (model) used.add(model.cachedPath);
      }
      for (const name of ifPossible(() => readdirSync(folder)) ?? []) {
        const path = join(folder, name);
        if (!used.has(path)) rmSync(path, { force: true });
      }
    },
  };
}

/** Deletes the cache of a directory from the disk. */
export function deleteGroupCache(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Whether the model of a group, if it has one, is still in the cache. */
export function isModelCached({ model }: FactorGroup): boolean {
  return model === null || statSync(model.cachedPath, { throwIfNoEntry: false })?.size === model.size;
}

/** @throws FACTOR_PAYLOAD_NOT_FOUND when the file is missing or damaged */
export function readCachedModel({ cachedPath, sha256 }: SavedModel): Buffer {
  const bytes = ifPossible(() => readFileSync(cachedPath));
  if (bytes !== undefined && sha256Of(bytes) === sha256) return bytes;
  throw new PaperdeskError(
    'FACTOR_PAYLOAD_NOT_FOUND',
    'The converted model is missing or damaged; POST .../refresh converts it again.',
  );
}

/** Ignores lines that are incomplete or have another format. */
function parseGroups(lines: readonly string[]): Map<string, CachedGroup> {
  const groups = new Map<string, CachedGroup>();
  for (const line of lines) {
    const entry = ifPossible(() => JSON.parse(line));
    if (entry?.format !== FORMAT) continue;
    const { fingerprint, group, complete, removed } = entry;
    if (typeof removed === 'string') groups.delete(removed);
    else groups.set(group.key, { fingerprint, group, complete: complete === 'group' ? group : complete });
  }
  return groups;
}

function linesOf(
  groups: ReadonlyMap<string, CachedGroup>,
  changed: Iterable<string>,
  removed: readonly string[],
): string {
  const lines = Array.from(changed, (key) => {
    const { fingerprint, group, complete } = groups.get(key)!;
    return { format: FORMAT, fingerprint, group, complete: complete === group ? 'group' : complete };
  });
  const removals = removed.map((key) => ({ format: FORMAT, removed: key }));
  return [...lines, ...removals].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** The result of `read`; undefined where it fails: the cache is derived, and read again from the artifacts. */
function ifPossible<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
