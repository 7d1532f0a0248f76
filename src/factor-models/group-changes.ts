import { ARTIFACT_KINDS, type ArtifactFile, type ArtifactKind, type FactorGroup } from './factor-group.ts';

export type Change = 'added' | 'removed' | 'changed';

export interface ArtifactChange {
  readonly kind: ArtifactKind;
  readonly change: Change;
  /** As it is now; as it was, where it is removed. */
  readonly file: ArtifactFile;
}

/** Names that came or went: how many, and the first of them. */
export interface NameChanges {
  readonly count: number;
  readonly names: readonly string[];
}

/** What became of a group between two scans. */
export interface GroupChange {
  readonly key: string;
  readonly symbol: string;
  readonly change: Change;
  readonly artifacts: readonly ArtifactChange[];
  /** Of a group that was there before and is there now. */
  readonly factorsAdded: NameChanges;
  readonly factorsRemoved: NameChanges;
}

/** What became of a directory between two scans: how many groups differ, and the first of them. */
export interface ScanChanges {
  readonly count: number;
  readonly groups: readonly GroupChange[];
}

/** A job may write thousands of groups anew. */
const MOST_GROUPS = 200;
const MOST_NAMES = 100;

/** @param changes of each group that was looked at; undefined where no file differs */
export function scanChanges(changes: readonly (GroupChange | undefined)[]): ScanChanges {
  const groups = changes.filter((change) => change !== undefined);
  return { count: groups.length, groups: groups.slice(0, MOST_GROUPS) };
}

/**
 * Compares a group with its state of the scan before.
 * @param artifacts the files as they lie there, also those that could not be read
 * @returns undefined when no file differs
 */
export function groupChange(
  before: FactorGroup | undefined,
  now: FactorGroup | undefined,
  artifacts: FactorGroup['artifacts'],
): GroupChange | undefined {
  const changes = ARTIFACT_KINDS.flatMap(
    (kind) => artifactChange(kind, before?.artifacts[kind], artifacts[kind]) ?? [],
  );
  const group = now ?? before;
  if (group === undefined || changes.length === 0) return undefined;
  const [old, present] = before && now ? [before.factors, now.factors] : [[], []];
  return {
    key: group.key,
    symbol: group.symbol,
    change: before === undefined ? 'added' : now === undefined ? 'removed' : 'changed',
    artifacts: changes,
    factorsAdded: namesOnlyIn(present, old),
    factorsRemoved: namesOnlyIn(old, present),
  };
}

function artifactChange(
  kind: ArtifactKind,
  before: ArtifactFile | undefined,
  now: ArtifactFile | undefined,
): ArtifactChange | undefined {
  if (now === undefined) return before && { kind, change: 'removed', file: before };
  if (before === undefined) return { kind, change: 'added', file: now };
  const isSame = before.path === now.path && before.size === now.size && before.modifiedAt === now.modifiedAt;
  return isSame ? undefined : { kind, change: 'changed', file: now };
}

function namesOnlyIn(names: readonly string[], others: readonly string[]): NameChanges {
  const known = new Set(others);
  const only = [...new Set(names)].filter((name) => !known.has(name));
  return { count: only.length, names: only.slice(0, MOST_NAMES) };
}
