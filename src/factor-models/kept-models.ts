import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PaperdeskError } from '../errors.ts';
import type { ArtifactFile, FactorGroup } from './factor-group.ts';

/** What is kept of a group between scans and restarts. */
export interface KeptGroup {
  /** Of the artifacts as they were when the group was read. */
  readonly fingerprint: string;
  readonly group: FactorGroup;
  /** The last state that could be read whole; the same as `group` where that could. */
  readonly good: FactorGroup | null;
}

/** Raised when the layout of kept files changes: older ones are then read again from the artifacts. */
const FORMAT = 1;
const RECORD = 'groups.jsonl';

/** A folder of our own per model: converted models, and what is known of each group. Nothing in it is irreplaceable. */
export interface KeptModels {
  /** What was kept for this root; nothing that is damaged or of another one. */
  load(root: string): Map<string, KeptGroup>;
  /** Writes a model's JSON; answers where it lies, its size and SHA-256. */
  keepModel(
    key: string,
    source: ArtifactFile,
    json: Uint8Array,
  ): { path: string; size: number; sha256: string };
  /** Notes what a scan found: of all groups, those that changed, and the keys of those that are gone. */
  keepGroups(
    root: string,
    all: ReadonlyMap<string, KeptGroup>,
    changed: readonly string[],
    gone: readonly string[],
  ): void;
  /** Removes what none of these groups needs. */
  sweep(groups: Iterable<KeptGroup>): void;
  removeAll(): void;
}

/** @param folder made when something is to be written */
export function keptModels(folder: string): KeptModels {
  /** A line of JSON per group; a later line about a group counts more than those before. */
  const record = join(folder, RECORD);

  function names(): string[] {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  }

  return {
    load(root) {
      const known = new Map<string, KeptGroup>();
      for (const line of linesOf(record)) {
        const kept = parseKept(line, root);
        if (kept === undefined) continue;
        if ('gone' in kept) known.delete(kept.gone);
        else known.set(kept.group.key, kept);
      }
      return known;
    },

    keepModel(key, source, json) {
      const mark = shortHash(`${source.path}\0${source.size}\0${source.modifiedAt}`);
      const path = join(folder, `${key.slice(0, 150)}.${mark}.model.json`);
      mkdirSync(folder, { recursive: true });
      // Nothing refers to it before it is written, and its hash tells when it was not written whole.
      writeFileSync(path, json);
      return { path, size: json.length, sha256: createHash('sha256').update(json).digest('hex') };
    },

    keepGroups(root, all, changed, gone) {
      if (changed.length + gone.length === 0) return;
      const isNew = changed.length * 2 >= all.size;
      const keys = isNew ? all.keys() : changed;
      const lines = Array.from(keys, (key) => lineOf(root, all.get(key)!));
      if (!isNew) lines.push(...gone.map((key) => JSON.stringify({ format: FORMAT, root, gone: key })));
      const text = `${lines.join('\n')}\n`;
      try {
        mkdirSync(folder, { recursive: true });
        if (isNew) {
          writeFileSync(`${record}.tmp`, text);
          renameSync(`${record}.tmp`, record);
        } else appendFileSync(record, text);
      } catch {
        // Then the next start reads the artifacts again.
      }
    },

    sweep(groups) {
      const needed = new Set([record]);
      for (const { group, good } of groups) {
        for (const one of [group, good]) if (one?.model) needed.add(one.model.keptPath);
      }
      for (const name of names()) {
        if (!needed.has(join(folder, name))) rmSync(join(folder, name), { force: true });
      }
    },

    removeAll() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}

function lineOf(root: string, kept: KeptGroup): string {
  const good = kept.good === kept.group ? 'group' : kept.good;
  return JSON.stringify({ format: FORMAT, root, ...kept, good });
}

/** Lines that are not whole, of another layout or of another root say nothing. */
function parseKept(line: string, root: string): KeptGroup | { gone: string } | undefined {
  try {
    const { format, root: keptRoot, fingerprint, group, good, gone } = JSON.parse(line);
    if (format !== FORMAT || keptRoot !== root) return undefined;
    return typeof gone === 'string'
      ? { gone }
      : { fingerprint, group, good: good === 'group' ? group : good };
  } catch {
    return undefined;
  }
}

/** @throws FACTOR_PAYLOAD_NOT_FOUND when the copy is not there any more, or not what was kept */
export function readKeptModel(path: string, sha256: string): Buffer {
  let bytes: Buffer | undefined;
  try {
    bytes = readFileSync(path);
  } catch {
    // The same as a damaged one.
  }
  if (bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  throw new PaperdeskError(
    'FACTOR_PAYLOAD_NOT_FOUND',
    'The converted model is not there any more, or damaged; POST .../refresh makes it again.',
  );
}
