import { PaperdeskError } from '../errors.ts';
import { dimFactorsOf, type FactorGroup, isPayloadReady } from './factor-group.ts';
import { compare } from './keys.ts';

/** All groups of a directory as of one scan (factor-models.md#19). */
export interface FactorSnapshot {
  readonly modelName: string;
  readonly rootPath: string;
  /** ms since the epoch; null before the first successful scan. */
  readonly scannedAt: number | null;
  /** Sorted by symbol, then key. */
  readonly groups: readonly FactorGroup[];
  readonly symbols: readonly string[];
  readonly warnings: readonly string[];
}

/** Names in the sentence about a symbol with several groups. */
const MAX_LISTED = 20;

/** @param problems sentences about the directory as a whole */
export function createSnapshot(
  { name, root, scannedAt }: { name: string; root: string; scannedAt: number | null },
  groups: Iterable<FactorGroup>,
  problems: readonly string[] = [],
): FactorSnapshot {
  const sorted = [...groups].sort((a, b) => compare(a.symbol, b.symbol) || compare(a.key, b.key));
  const duplicates = Array.from(
    duplicatesIn(sorted),
    ([symbol, keys]) => `${symbol} has ${keys.length} groups: ${listed(keys)}.`,
  );
  return {
    modelName: name,
    rootPath: root,
    scannedAt,
    groups: sorted,
    symbols: [...new Set(sorted.map(({ symbol }) => symbol))],
    warnings: [...problems, ...duplicates, ...sorted.flatMap(({ warnings }) => warnings)],
  };
}

/** Names in a sentence, at most some of them. */
function listed(names: readonly string[]): string {
  const more = names.length > MAX_LISTED ? `, ... ${names.length} in all` : '';
  return `${names.slice(0, MAX_LISTED).join(', ')}${more}`;
}

/** The keys of each symbol that has several groups. */
function duplicatesIn(groups: readonly FactorGroup[]): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  for (const { symbol, key } of groups) {
    const list = keys.get(symbol);
    if (list === undefined) keys.set(symbol, [key]);
    else list.push(key);
  }
  return new Map([...keys].filter(([, list]) => list.length > 1));
}

/** @throws FACTOR_SYMBOL_DUPLICATE when a symbol has several groups (factor-models.md#11) */
export function requireUniqueSymbols({ modelName, groups }: FactorSnapshot): void {
  const duplicates = Array.from(duplicatesIn(groups), ([symbol, keys]) => `${symbol}: ${listed(keys)}`);
  if (duplicates.length === 0) return;
  throw new PaperdeskError(
    'FACTOR_SYMBOL_DUPLICATE',
    `symbol must be unique per model root, duplicated symbols found in model '${modelName}': ${duplicates.join('; ')}`,
  );
}

/** The groups of a symbol, ignoring case. @throws FACTOR_SYMBOL_NOT_FOUND */
function groupsOfSymbol({ modelName, groups }: FactorSnapshot, symbol: string): readonly FactorGroup[] {
  const exact = groups.filter((group) => group.symbol === symbol);
  const wanted = symbol.toUpperCase();
  const found = exact.length > 0 ? exact : groups.filter((group) => group.symbol.toUpperCase() === wanted);
  if (found.length > 0) return found;
  throw new PaperdeskError('FACTOR_SYMBOL_NOT_FOUND', `symbol '${symbol}' not found in model '${modelName}'`);
}

/**
 * The group with this key, else the best one of the symbol: payload-ready first, then the newest end of training, then
 * the highest key (factor-models.md#10).
 * @throws FACTOR_SYMBOL_NOT_FOUND, FACTOR_GROUP_NOT_FOUND
 */
export function selectGroup(snapshot: FactorSnapshot, symbol: string, key: string | undefined): FactorGroup {
  const groups = groupsOfSymbol(snapshot, symbol);
  if (key === undefined) return [...groups].sort(worseFirst).at(-1)!;
  const found = groups.find((group) => group.key === key);
  if (found !== undefined) return found;
  throw new PaperdeskError('FACTOR_GROUP_NOT_FOUND', `group_key '${key}' not found for symbol '${symbol}'`);
}

function worseFirst(a: FactorGroup, b: FactorGroup): number {
  return (
    Number(isPayloadReady(a)) - Number(isPayloadReady(b)) ||
    trainingEndOf(a) - trainingEndOf(b) ||
    compare(a.key, b.key)
  );
}

/** ms since the epoch; the earliest possible time where the info has none. */
function trainingEndOf({ info }: FactorGroup): number {
  const time = Date.parse(info?.trainEndDate ?? '');
  return Number.isNaN(time) ? -8.64e15 : time;
}

/**
 * The only group of a symbol, which must be payload-ready.
 * @throws FACTOR_SYMBOL_NOT_FOUND, FACTOR_PAYLOAD_NOT_FOUND
 */
export function payloadGroup(snapshot: FactorSnapshot, symbol: string): FactorGroup {
  const groups = groupsOfSymbol(snapshot, symbol);
  if (groups.length > 1) {
    const keys = groups.map(({ key }) => key).join(', ');
    throw new PaperdeskError(
      'FACTOR_PAYLOAD_NOT_FOUND',
      `symbol '${groups[0]!.symbol}' has several groups in model '${snapshot.modelName}': ${keys}`,
    );
  }
  const [group] = groups as [FactorGroup];
  if (isPayloadReady(group)) return group;
  throw new PaperdeskError(
    'FACTOR_PAYLOAD_NOT_FOUND',
    `no model can be handed out for symbol '${group.symbol}' in model '${snapshot.modelName}': ${group.warnings.join(' ')}`,
  );
}

const unions = new WeakMap<FactorSnapshot, readonly string[]>();

/** The distinct factors of all groups, in the order of the groups. */
export function unionOfFactors(snapshot: FactorSnapshot): readonly string[] {
  const union = unions.get(snapshot) ?? [...new Set(snapshot.groups.flatMap(({ factors }) => factors))];
  unions.set(snapshot, union);
  return union;
}

/** The groups that use a factor, as indexes into the snapshot's groups, and its tau in each of them. */
export interface FactorUses {
  readonly factor: string;
  readonly groups: readonly number[];
  readonly kendallTaus: readonly (number | null)[];
}

/** The uses of every factor, in the order of `unionOfFactors`. */
export function usesOfFactors({ groups }: FactorSnapshot): FactorUses[] {
  const uses = new Map<string, { groups: number[]; kendallTaus: (number | null)[] }>();
  for (const [index, group] of groups.entries()) {
    for (const { factor_name: factor, kendall_tau: tau } of dimFactorsOf(group)) {
      const use = uses.get(factor) ?? { groups: [], kendallTaus: [] };
      uses.set(factor, use);
      // A list may name a factor twice; both dims have the same tau.
      if (use.groups.at(-1) === index) continue;
      use.groups.push(index);
      use.kendallTaus.push(tau);
    }
  }
  return Array.from(uses, ([factor, use]) => ({ factor, ...use }));
}
