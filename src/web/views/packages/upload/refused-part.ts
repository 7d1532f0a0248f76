import type { ApiError } from '../../../data/api-error.ts';
import type { PartName } from './parts.ts';

/** Codes that can mean one file only (the guide to writing a package has them all). */
const PARTS: readonly (readonly [codes: RegExp, part: PartName])[] = [
  [/^(NOT_SB3|OBSERVATION_SIZE|ACTION_SIZE|ACTION_SPACE|POLICY_UNSUPPORTED)$/, 'ppo_model'],
  [/^(PT_.*|NOT_PATCHTST|FEATURE_COUNT|HORIZON|LOOKBACK|HEADS)$/, 'forecast_model'],
  [/^(NOT_SCALER|SCALER_.*)$/, 'scaler'],
  [/^MANIFEST_.*$/, 'manifest'],
  [/^(NOT_VEC_NORMALIZE|VEC_NORMALIZE_.*)$/, 'vec_normalize'],
  [/^PROOF_.*$/, 'proof'],
];

/** The file that a refusal is about; undefined where its code could mean several. */
export function refusedPart(error: Pick<ApiError, 'code'> | undefined): PartName | undefined {
  return PARTS.find(([codes]) => error !== undefined && codes.test(error.code))?.[1];
}
