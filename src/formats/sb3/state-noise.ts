import { field, type JsonObject } from '../json.ts';
import { unsupported } from './unsupported.ts';

/** How the state-dependent noise of a policy was declared (generalized state-dependent exploration, `use_sde`). */
export interface StateNoiseOptions {
  /** Whether log_std has a column per action; else one for all. */
  readonly isFull: boolean;
  /** Whether the deviation grows with log(1 + log_std) above 0, instead of exponentially. */
  readonly usesExpln: boolean;
}

/** stable-baselines3's StateDependentNoiseDistribution.epsilon. */
const EPSILON = 1e-6;

/**
 * What `data` says about state-dependent noise; undefined where the policy has none.
 * @throws POLICY_UNSUPPORTED for layers of its own
 */
export function readStateNoise(data: JsonObject, options: unknown): StateNoiseOptions | undefined {
  const layers = field(options, 'sde_net_arch');
  if (layers !== undefined && layers !== null && layers !== 'None') {
    throw unsupported('has layers for its noise alone (sde_net_arch)');
  }
  if (!isOn(data, options, 'use_sde')) return undefined;
  const full = field(options, 'full_std');
  return { isFull: full !== false && full !== 'False', usesExpln: isOn(data, options, 'use_expln') };
}

/** Whether an option is True in `data` or in `policy_kwargs`. */
export function isOn(data: JsonObject, options: unknown, name: string): boolean {
  return [field(data, name), field(options, name)].some((value) => value === true || value === 'True');
}

/**
 * The deviations of the noise matrix from its log_std, row-major [latent, actions], as stable-baselines3's `get_std`
 * (forecast-and-policy.md#29).
 * @param logStd [latent, actions], or [latent, 1] for all actions
 */
export function stateNoiseStd(
  logStd: Float32Array,
  actions: number,
  { isFull, usesExpln }: StateNoiseOptions,
): Float32Array {
  const std = logStd.map((value) => {
    if (!usesExpln || value <= 0) return Math.exp(value);
    return Math.log1p(value + EPSILON) + 1;
  });
  return isFull
    ? std
    : Float32Array.from({ length: std.length * actions }, (_, i) => std[Math.floor(i / actions)]!);
}
