import { writePolicy } from '../helper/sb3-writer.ts';
import { patchTst, writeTorch } from '../helper/torch-writer.ts';
import {
  hostileBoosters,
  hostileFactorLists,
  hostileModelJson,
  hostileTables,
} from './corpus/factor-files.ts';
import { forbiddenNames } from './corpus/forbidden-globals.ts';
import type { HostileFile } from './corpus/hostile-file.ts';
import { hostileManifests, hostilePolicyData, hostileScalers } from './corpus/json-documents.ts';
import { pickleTricks } from './corpus/malformed-pickles.ts';
import { hostileMembers, hostileZips } from './corpus/malformed-zips.ts';
import { hostileInfoPickles, hostileScalerPickles, oddCalls } from './corpus/scientific-pickles.ts';

/** What a file claims to be: the parts of an upload, then the artifacts of a registered directory. */
export const UPLOAD_ROLES = ['forecast', 'policy', 'scaler', 'manifest'] as const;
export const SCAN_ROLES = ['info', 'model', 'model_json', 'ic', 'factors'] as const;
export type UploadRole = (typeof UPLOAD_ROLES)[number];
export type ScanRole = (typeof SCAN_ROLES)[number];
export type Role = UploadRole | ScanRole;

/** How a pickle stands in a file of this role. */
const PICKLED: Readonly<Partial<Record<Role, (pickle: Buffer) => Buffer>>> = {
  forecast: (pickle) => writeTorch(patchTst(), { pickle }),
  policy: (pickle) => writePolicy(undefined, undefined, { torch: { pickle } }),
  scaler: (pickle) => pickle,
  info: (pickle) => pickle,
  model: (pickle) => pickle,
};

const OWN: Readonly<Record<Role, () => HostileFile[]>> = {
  forecast: () => [...hostileZips('forecast'), ...hostileMembers('forecast')],
  policy: () => [...hostileZips('policy'), ...hostileMembers('policy'), ...hostilePolicyData()],
  scaler: () => [...hostileScalers(), ...hostileScalerPickles()],
  manifest: hostileManifests,
  info: hostileInfoPickles,
  model: hostileBoosters,
  model_json: hostileModelJson,
  ic: hostileTables,
  factors: hostileFactorLists,
};

/**
 * Files that have to be refused in this role, or one of so many of them: other ones of the pickles in each role, so that
 * together they are all read.
 */
export function hostileFiles(role: Role, oneOf = 1): HostileFile[] {
  const wrap = PICKLED[role];
  const pickles = wrap === undefined ? [] : thinned([...forbiddenNames(), ...pickleTricks()], role, oneOf);
  return [
    ...pickles.map((file) => ({ ...file, bytes: wrap?.(file.bytes) ?? file.bytes })),
    ...thinned(OWN[role](), role, oneOf),
  ];
}

/** Files that may be answered or refused in this role, but nothing else. */
export function oddFiles(role: Role, oneOf = 1): { readonly name: string; readonly bytes: Buffer }[] {
  const wrap = PICKLED[role];
  if (wrap === undefined) return [];
  return thinned(oddCalls(), role, oneOf).map(({ name, bytes }) => ({ name, bytes: wrap(bytes) }));
}

function thinned<T>(items: readonly T[], role: Role, oneOf: number): T[] {
  const first = Object.keys(PICKLED).indexOf(role);
  return items.filter((_, index) => index % oneOf === Math.max(0, first) % oneOf);
}
