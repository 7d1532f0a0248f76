import { PaperdeskError } from '../../errors.ts';
import { quoteName } from '../error-text.ts';
import { field, type JsonObject } from '../json.ts';

/** Algorithms other than PPO and A2C, by the module of their policy class. */
const BY_MODULE: readonly (readonly [module: RegExp, name: string])[] = [
  [/^stable_baselines3\.sac\./, 'SAC'],
  [/^stable_baselines3\.dqn\./, 'DQN'],
  [/^sb3_contrib\.tqc\./, 'TQC'],
  [/^sb3_contrib\.qrdqn\./, 'QR-DQN'],
  [/^sb3_contrib\.crossq\./, 'CrossQ'],
  [/^sb3_contrib\.ars\./, 'ARS'],
  [/^sb3_contrib\.(?:ppo_recurrent|common\.recurrent)\./, 'RecurrentPPO'],
  [/^sb3_contrib\.(?:ppo_mask|common\.maskable)\./, 'MaskablePPO'],
];
/** By a field that only their `data` has. */
const BY_FIELD: readonly (readonly [field: string, name: string])[] = [
  ['cg_max_steps', 'TRPO'],
  ['top_quantiles_to_drop_per_net', 'TQC'],
  ['policy_delay', 'TD3'],
  ['exploration_fraction', 'DQN'],
  ['target_entropy', 'SAC'],
];
/** By the beginning of a tensor's name that only their policies have. */
const BY_TENSOR: readonly (readonly [prefix: string, name: string])[] = [
  ['lstm_actor.', 'RecurrentPPO'],
  ['critic.quantile_critics', 'TQC'],
  ['quantile_net.', 'QR-DQN'],
  ['q_net.', 'DQN'],
  ['actor.latent_pi.', 'SAC'],
  ['actor.mu.', 'TD3'],
];

/** The algorithm that `data` says the policy was trained by; undefined for PPO and A2C, and where it does not say. */
export function otherAlgorithm(data: JsonObject): string | undefined {
  const module = field(field(data, 'policy_class'), '__module__');
  const text = typeof module === 'string' ? module.replaceAll('"', '') : '';
  if (/^stable_baselines3\.(?:td3|ddpg)\./.test(text)) return td3OrDdpg(data);
  const named = BY_MODULE.find(([pattern]) => pattern.test(text))?.[1];
  if (named !== undefined) return named;
  const marked = BY_FIELD.find(([name]) => field(data, name) !== undefined)?.[1];
  return marked === 'TD3' ? td3OrDdpg(data) : marked;
}

/** DDPG of stable-baselines3 is a TD3 with one critic, whose actor is not delayed. */
function td3OrDdpg(data: JsonObject): string {
  const critics = field(field(data, 'policy_kwargs'), 'n_critics');
  return field(data, 'policy_delay') === 1 && critics === 1 ? 'DDPG' : 'TD3';
}

/** Refuses tensors that only policies of other algorithms have. @throws POLICY_UNSUPPORTED */
export function refuseTensorsOfOthers(names: Iterable<string>): void {
  for (const tensor of names) {
    const algorithm = BY_TENSOR.find(([prefix]) => tensor.startsWith(prefix))?.[1];
    if (algorithm !== undefined) throw wrongAlgorithm(algorithm, ` (it has the tensor ${quoteName(tensor)})`);
  }
}

/** @param reason how that is known, in brackets after a space */
export function wrongAlgorithm(name: string, reason = ''): PaperdeskError {
  return new PaperdeskError(
    'POLICY_UNSUPPORTED',
    `The policy was trained by ${name}${reason}, whose network is another one; train it by PPO or A2C with an MlpPolicy.`,
  );
}
