import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
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
  keepGroup(root: string, kept: KeptGroup): void;
  /** Removes what none of these groups needs. */
  sweep(groups: Iterable<KeptGroup>): void;
  removeAll(): void;
}

/** @param folder made when something is to be written */
export function keptModels(folder: string): KeptModels {
  const groupFile = (key: string) => `${shortHash(key)}.group.json`;

  function write(name: string, content: Uint8Array): string {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, name);
    const temporary = `${path}.${process.pid}.tmp`;
    const file = openSync(temporary, 'w');
    try {
      for (let done = 0; done < content.length; ) done += writeSync(file, content, done);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    return path;
  }

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
      for (const name of names().filter((one) => one.endsWith('.group.json'))) {
        const kept = parseKept(readFileSync(join(folder, name), 'utf8'), root);
        if (kept !== undefined) known.set(kept.group.key, kept);
      }
      return known;
    },

    keepModel(key, source, json) {
      const mark = shortHash(`${source.path}\0${source.size}\0${source.modifiedAt}`);
      const path = write(`${key.slice(0, 150)}.${mark}.model.json`, json);
      return { path, size: json.length, sha256: createHash('sha256').update(json).digest('hex') };
    },

    keepGroup(root, kept) {
      const good = kept.good === kept.group ? 'group' : kept.good;
      try {
        write(
          groupFile(kept.group.key),
          Buffer.from(JSON.stringify({ format: FORMAT, root, ...kept, good })),
        );
      } catch {
        // Then the next start reads the artifacts again.
      }
    },

    sweep(groups) {
      const needed = new Set<string>();
      for (const { group, good } of groups) {
        needed.add(join(folder, groupFile(group.key)));
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

function parseKept(text: string, root: string): KeptGroup | undefined {
  try {
    const { format, root: keptRoot, fingerprint, group, good } = JSON.parse(text);
    if (format !== FORMAT || keptRoot !== root) return undefined;
    return { fingerprint, group, good: good === 'group' ? group : good };
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
