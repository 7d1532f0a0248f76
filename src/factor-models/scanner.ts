import { statSync } from 'node:fs';
import { type ListedGroup, listArtifacts } from './artifact-listing.ts';
import type { FactorGroup } from './factor-group.ts';
import { groupChange, type ScanChanges, scanChanges } from './group-changes.ts';
import { type KeptGroup, type KeptModels, keptModels } from './kept-models.ts';
import { readGroup } from './read-group.ts';

/** What changed since the scan before; the groups themselves were handed on one by one. */
export interface ScanResult {
  readonly fingerprint: string;
  readonly removed: readonly string[];
  /** Groups whose files were read, and those that were as before. */
  readonly read: number;
  readonly unchanged: number;
  /** Undefined where there was no scan before. */
  readonly changes: ScanChanges | undefined;
}

/** Scans directories, each time reading only what changed; blocks, so it has a thread of its own. */
export interface Scanner {
  /**
   * @param folder the model's own folder for what is kept
   * @param everything hands on all groups, also those that are as before
   * @param onGroup called for each group that changed
   * @throws FACTOR_ROOT_INVALID
   */
  scan(folder: string, root: string, everything: boolean, onGroup: (group: FactorGroup) => void): ScanResult;
  /** Drops what is known and kept of a model. */
  forget(folder: string): void;
}

interface State {
  readonly root: string;
  readonly kept: KeptModels;
  known: Map<string, KeptGroup>;
  /** Whether `known` is what a scan found, also one of an earlier run. */
  hasScanned: boolean;
}

export function createScanner(): Scanner {
  const states = new Map<string, State>();

  function stateOf(folder: string, root: string): State {
    const before = states.get(folder);
    if (before?.root === root) return before;
    const kept = keptModels(folder);
    const known = kept.load(root);
    const state = { root, kept, known, hasScanned: known.size > 0 };
    states.set(folder, state);
    return state;
  }

  return {
    scan(folder, root, everything, onGroup) {
      const listing = listArtifacts(root);
      const state = stateOf(folder, root);
      // What the scan before still needed may be handed out at this moment; what none needed since then is not.
      state.kept.sweep(state.known.values());
      const known = new Map<string, KeptGroup>();
      const changed: string[] = [];
      const changes = [];
      for (const listed of listing.groups) {
        const before = state.known.get(listed.key);
        const isKnown = before?.fingerprint === listed.fingerprint && isThere(before.group);
        const now = isKnown ? before : readAgain(listed, before, state.kept);
        known.set(listed.key, now);
        if (!isKnown) {
          changed.push(listed.key);
          changes.push(groupChange(before?.group, now.group, listed.artifacts));
        }
        if (!isKnown || everything) onGroup(now.group);
      }
      const removed = [...state.known.keys()].filter((key) => !known.has(key));
      for (const key of removed) changes.push(groupChange(state.known.get(key)!.group, undefined, {}));
      state.kept.keepGroups(root, known, changed, removed);
      const isFirst = !state.hasScanned;
      state.known = known;
      state.hasScanned = true;
      const read = changed.length;
      return {
        fingerprint: listing.fingerprint,
        removed,
        read,
        unchanged: known.size - read,
        changes: isFirst ? undefined : scanChanges(changes),
      };
    },

    forget(folder) {
      states.delete(folder);
      keptModels(folder).removeAll();
    },
  };
}

function isThere({ model }: FactorGroup): boolean {
  return model === null || statSync(model.keptPath, { throwIfNoEntry: false })?.size === model.size;
}

/** Where something cannot be read, the last good state stays, whole: files of different moments are never mixed. */
function readAgain(listed: ListedGroup, before: KeptGroup | undefined, kept: KeptModels): KeptGroup {
  const { group, whole } = readGroup(listed, kept);
  const { fingerprint } = listed;
  if (whole) return { fingerprint, group, good: group };
  const good = before?.good ?? null;
  if (good === null) return { fingerprint, group, good };
  const warnings = [...group.warnings, `${group.key} is shown as it was when it could last be read whole.`];
  return { fingerprint, group: { ...good, warnings }, good };
}
