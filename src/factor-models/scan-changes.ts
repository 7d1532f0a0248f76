import {
  ARTIFACT_KINDS,
  type ArtifactFile,
  type ArtifactKind,
  type Artifacts,
  type FactorGroup,
} from './factor-group.ts';

export type Change = 'added' | 'removed' | 'changed';

export interface ArtifactChange {
  readonly kind: ArtifactKind;
  readonly change: Change;
  /** The file now; a removed one as of the last scan. */
  readonly file: ArtifactFile;
}

/** Names that were added or removed: how many, and the first of them. */
export interface NameChanges {
  readonly count: number;
  readonly names: readonly string[];
}

/** How a group differs from the last scan. */
export interface GroupChange {
  readonly key: string;
  readonly symbol: string;
  readonly change: Change;
  readonly artifacts: readonly ArtifactChange[];
  /** Of a group that both scans found. */
  readonly factorsAdded: NameChanges;
  readonly factorsRemoved: NameChanges;
}

/** How a directory differs from the last scan: how many groups differ, and the first of them. */
export interface ScanChanges {
  readonly count: number;
  readonly groups: readonly GroupChange[];
}

/** A training job may rewrite thousands of groups (factor-models.md#24). */
const MAX_GROUPS = 200;
const MAX_NAMES = 100;

/** @param changes of each group; undefined where no file differs */
export function scanChanges(changes: readonly (GroupChange | undefined)[]): ScanChanges {
  const groups = changes.filter((change) => change !== undefined);
  return { count: groups.length, groups: groups.slice(0, MAX_GROUPS) };
}

/**
 * Compares a group with its state in the last scan.
 * @param artifacts the files as listed now, also those that could not be read
 * @returns undefined when no file differs
 */
export function groupChange(
  before: FactorGroup | undefined,
  now: FactorGroup | undefined,
  artifacts: Artifacts,
): GroupChange | undefined {
  const changes = ARTIFACT_KINDS.flatMap(
    (kind) => artifactChange(kind, before?.artifacts[kind], artifacts[kind]) ?? [],
  );
  const group = now ?? before;
  if (group === undefined || changes.length === 0) return undefined;
  const [oldFactors, newFactors] = before && now ? [before.factors, now.factors] : [[], []];
  return {
    key: group.key,
    symbol: group.symbol,
    change: before === undefined ? 'added' : now === undefined ? 'removed' : 'changed',
    artifacts: changes,
    factorsAdded: namesOnlyIn(newFactors, oldFactors),
    factorsRemoved: namesOnlyIn(oldFactors, newFactors),
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
  return { count: only.length, names: only.slice(0, MAX_NAMES) };
}
