import { writePolicy } from '../helper/sb3-writer.ts';
import { ONE_PATCH, patchTst, writeTorch } from '../helper/torch-writer.ts';
import { hostileCheckpoints } from './corpus/checkpoints.ts';
import {
  hostileBoosters,
  hostileFactorLists,
  hostileModelJson,
  hostileModelUbj,
  hostileTables,
} from './corpus/factor-files.ts';
import { forbiddenGlobals } from './corpus/forbidden-globals.ts';
import type { HostileFile } from './corpus/hostile-file.ts';
import { hostileManifests, hostilePolicyData, hostileScalers } from './corpus/json-documents.ts';
import { malformedPickles } from './corpus/malformed-pickles.ts';
import { hostileMembers, hostileZips } from './corpus/malformed-zips.ts';
import { hostileInfoPickles, hostileScalerPickles, unusualCalls } from './corpus/scientific-pickles.ts';
import { hostileVecNormalizes } from './corpus/vec-normalize-pickles.ts';

/** What a file claims to be: a file of an upload, an artifact of a registered directory, or any file of torch. */
export const UPLOAD_ROLES = ['forecast', 'policy', 'scaler', 'manifest', 'vec_normalize'] as const;
export const SCAN_ROLES = ['info', 'model', 'model_json', 'model_ubj', 'ic', 'factors'] as const;
export const ROLES = [...UPLOAD_ROLES, ...SCAN_ROLES, 'state_dict'] as const;
export type UploadRole = (typeof UPLOAD_ROLES)[number];
export type ScanRole = (typeof SCAN_ROLES)[number];
export type Role = (typeof ROLES)[number];

/** Puts a pickle where a file of the role has its own. */
const WRAP_PICKLE: Readonly<Partial<Record<Role, (pickle: Buffer) => Buffer>>> = {
  forecast: (pickle) => writeTorch(patchTst(ONE_PATCH), { pickle }),
  policy: (pickle) => writePolicy(undefined, undefined, { torch: { pickle } }),
  scaler: (pickle) => pickle,
  vec_normalize: (pickle) => pickle,
  info: (pickle) => pickle,
  model: (pickle) => pickle,
  state_dict: (pickle) => writeTorch(patchTst(ONE_PATCH), { pickle }),
};

/** Hostile files that only this role has. */
const OWN_FILES: Readonly<Record<Role, () => HostileFile[]>> = {
  forecast: () => [...hostileZips('forecast'), ...hostileMembers('forecast'), ...hostileCheckpoints()],
  policy: () => [...hostileZips('policy'), ...hostileMembers('policy'), ...hostilePolicyData()],
  scaler: () => [...hostileScalers(), ...hostileScalerPickles()],
  manifest: hostileManifests,
  vec_normalize: hostileVecNormalizes,
  info: hostileInfoPickles,
  model: hostileBoosters,
  model_json: hostileModelJson,
  model_ubj: hostileModelUbj,
  ic: hostileTables,
  factors: hostileFactorLists,
  state_dict: () => [],
};

/**
 * Files that must be refused in this role: all, or one of every `step`. Roles take different ones of the pickles they
 * share, so that together they take more.
 */
export function hostileFiles(role: Role, step = 1): HostileFile[] {
  const wrap = WRAP_PICKLE[role];
  const pickles =
    wrap === undefined ? [] : oneOfEvery(step, [...forbiddenGlobals(), ...malformedPickles()], role);
  return [
    ...pickles.map((file) => ({ ...file, bytes: wrap?.(file.bytes) ?? file.bytes })),
    ...oneOfEvery(step, OWN_FILES[role](), role),
  ];
}

/** Files that may be accepted or refused in this role, but must do no harm: all, or one of every `step`. */
export function unusualFiles(role: Role, step = 1): { readonly name: string; readonly bytes: Buffer }[] {
  const wrap = WRAP_PICKLE[role];
  if (wrap === undefined) return [];
  return oneOfEvery(step, unusualCalls(), role).map(({ name, bytes }) => ({ name, bytes: wrap(bytes) }));
}

function oneOfEvery<T>(step: number, items: readonly T[], role: Role): T[] {
  const offset = Math.max(0, Object.keys(WRAP_PICKLE).indexOf(role));
  return items.filter((_, index) => index % step === offset % step);
}
