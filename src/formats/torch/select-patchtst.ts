import { PaperdeskError } from '../../errors.ts';
import { quoteName } from '../error-text.ts';
import type { StateDict, TorchTensor } from '../model-files.ts';
import { countLayers, isUnused, MAX_LAYERS, patchTstShapes, prefixOf } from './patchtst-tensors.ts';
import type { StateDictInFile, TorchFile } from './read-state-dict.ts';
import { recurrentLayer } from './recurrent-layer.ts';

const WHAT = 'The forecast model';

/** Tensors that other models rarely have, unlike those of the encoder and the head. */
const EMBEDDINGS = ['patch_embed.project.weight', 'patch_embed.project.bias', 'pos_embed'];
/** Groups of tensors that are compared with a PatchTST, those with the most of its names first. */
const MAX_CANDIDATES = 16;

/** The state dict of a PatchTST in a file. */
export interface SelectedPatchTst {
  /** Its tensors by name, without the prefix that they share. */
  readonly tensors: StateDict;
  /** Keys of tensors beside it in the same dict that a PatchTST does not have. */
  readonly others: readonly string[];
}

/** Tensors of one dict that share a prefix. */
interface Group {
  readonly dict: StateDictInFile;
  readonly prefix: string;
  /** How many of its keys end with a name that a PatchTST has. */
  readonly known: number;
}

/** A group of tensors, compared with those that a PatchTST needs. */
interface Candidate extends SelectedPatchTst {
  /** Where it lies in the file: "model.state_dict". */
  readonly place: string;
  readonly needed: readonly string[];
  readonly there: readonly string[];
  readonly missing: readonly string[];
}

/**
 * Finds the only PatchTST in a file, wherever it lies and whatever prefix its tensors have (forecast-and-policy.md#2).
 * Where tensors are missing and there are no others, the result lacks them.
 * @throws NOT_PATCHTST for none, and for two that differ
 */
export function selectPatchTst(file: TorchFile): SelectedPatchTst {
  const candidates = file.stateDicts
    .flatMap(groupsOf)
    .sort((a, b) => b.known - a.known)
    .slice(0, MAX_CANDIDATES)
    .map(candidateOf);
  const [first, ...more] = candidates.filter(({ missing }) => missing.length === 0);
  if (first !== undefined) {
    const second = more.find((candidate) => !haveSameTensors(first, candidate));
    if (second === undefined) return first;
    throw notPatchTst(
      `it holds more than one PatchTST, in ${quoteName(first.place)} and in ${quoteName(second.place)}; save only the ` +
        'one that is to forecast: torch.save(model.state_dict(), path)',
    );
  }
  const [best] = candidates.sort((a, b) => b.there.length - a.there.length);
  if (best !== undefined && lacksOnlySome(best)) return best;
  throw notPatchTst(best === undefined ? withoutStateDict(file) : comparison(best));
}

/** By the prefixes of all keys that end with a name of a PatchTST; all of them where none does. */
function groupsOf(dict: StateDictInFile): Group[] {
  const known = new Map<string, number>();
  for (const name of dict.tensors.keys()) {
    const prefix = prefixOf(name);
    if (prefix !== undefined) known.set(prefix, (known.get(prefix) ?? 0) + 1);
  }
  if (known.size === 0) known.set('', 0);
  return [...known].map(([prefix, count]) => ({ dict, prefix, known: count }));
}

function candidateOf({ dict: { path, tensors, keys }, prefix }: Group): Candidate {
  const inside = new Map<string, TorchTensor>();
  const others: string[] = [];
  for (const [name, tensor] of tensors) {
    const own = name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
    if (own !== undefined) inside.set(own, tensor);
    if (!isUnused(own ?? name) && (own === undefined || prefixOf(own) !== '')) others.push(keys.get(name)!);
  }
  const needed = Object.keys(patchTstShapes(Math.min(countLayers(inside.keys()), MAX_LAYERS)));
  return {
    tensors: inside,
    others,
    place: [...path, prefix.slice(0, -1)].filter((part) => part !== '').join('.') || 'the file',
    needed,
    there: needed.filter((name) => inside.has(name)),
    missing: needed.filter((name) => !inside.has(name)),
  };
}

/** Two keys of a checkpoint may hold the same tensors. */
function haveSameTensors(a: Candidate, b: Candidate): boolean {
  return (
    a.needed.length === b.needed.length &&
    a.needed.every((name) => {
      const [left, right] = [a.tensors.get(name)!, b.tensors.get(name)!];
      return (
        left.storage.name === right.storage.name &&
        left.storageOffset === right.storageOffset &&
        left.shape.join() === right.shape.join() &&
        left.strides.join() === right.strides.join()
      );
    })
  );
}

/** Whether it is a PatchTST that is not whole, rather than another model with some names in common. */
function lacksOnlySome({ tensors, others }: Candidate): boolean {
  return others.length === 0 && EMBEDDINGS.some((name) => tensors.has(name));
}

function withoutStateDict({ tensorCount }: TorchFile): string {
  return tensorCount === 0
    ? 'it has no tensors'
    : `none of its ${tensorCount} tensors is in a state dict; those of optimizers and callbacks, and lists of tensors, are ` +
        'not looked at';
}

/** The counts add up: has + lacks = needed, has + others = all tensors but the unused ones. */
function comparison({ tensors, needed, there, missing, others }: Candidate): string {
  const kind = recurrentLayer(tensors);
  const examples = (names: readonly string[]) => `${quoteName(names[0]!)}${names.length > 1 ? ', ...' : ''}`;
  const count = there.length + others.length;
  return [
    ...(kind === undefined ? [] : [`it has ${kind} layers`]),
    `it has ${there.length} of the ${needed.length} tensors that are needed` +
      `${there.length === 0 ? '' : ` (${examples(there)})`} and lacks ${missing.length} (${examples(missing)})`,
    ...(others.length === 0
      ? []
      : [`${others.length} of its ${count} tensors are not those of a PatchTST (${examples(others)})`]),
  ].join('; ');
}

function notPatchTst(reason: string): PaperdeskError {
  return new PaperdeskError('NOT_PATCHTST', `${WHAT} is not a PatchTST state dict: ${reason}.`);
}
