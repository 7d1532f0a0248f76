import { type State, type TensorSpec, type TorchOptions, writeTorch } from './torch-writer.ts';
import { type Member, writeZip } from './zip-writer.ts';

/** The plain fields of the `data` document of a stable-baselines3 PPO. */
export function policyData(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    policy_class: { ':type:': "<class 'abc.ABCMeta'>", ':serialized:': 'gAWV' },
    use_sde: false,
    policy_kwargs: {
      ':type:': "<class 'dict'>",
      ':serialized:': 'gAWV',
      net_arch: { pi: [3, 2], vf: [4] },
      activation_fn: "<class 'torch.nn.modules.activation.Tanh'>",
    },
    observation_space: { ':type:': "<class 'gymnasium.spaces.box.Box'>", _shape: [72] },
    action_space: {
      ':type:': "<class 'gymnasium.spaces.box.Box'>",
      _shape: [5],
      low: '[-1. -1. -1. -1. -1.]',
      high: '[1. 1. 1. 1. 1.]',
    },
    ...changes,
  };
}

/** The tensors of an actor and its critic. */
export function policyTensors(
  hidden: readonly number[] = [3, 2],
  observations = 72,
  actions = 5,
): Record<string, TensorSpec> {
  const tensors: Record<string, TensorSpec> = { log_std: { shape: [actions] } };
  let inputs = observations;
  for (const [i, width] of hidden.entries()) {
    tensors[`mlp_extractor.policy_net.${2 * i}.weight`] = { shape: [width, inputs] };
    tensors[`mlp_extractor.policy_net.${2 * i}.bias`] = { shape: [width] };
    inputs = width;
  }
  return {
    ...tensors,
    'mlp_extractor.value_net.0.weight': { shape: [4, observations] },
    'mlp_extractor.value_net.0.bias': { shape: [4] },
    'action_net.weight': { shape: [actions, inputs] },
    'action_net.bias': { shape: [actions] },
    'value_net.weight': { shape: [1, 4] },
    'value_net.bias': { shape: [1] },
  };
}

export interface ArchiveOptions {
  readonly torch?: TorchOptions;
  /** Replaces policy.pth. */
  readonly policy?: Buffer;
  /** Replaces the data document. */
  readonly data?: Buffer;
  /** Fields of the member policy.pth. */
  readonly member?: Partial<Member>;
  /** A member to leave out. */
  readonly without?: string;
}

/** A stable-baselines3 archive, as its `save` writes it. */
export function writePolicy(
  data: Record<string, unknown> = policyData(),
  tensors: State = policyTensors(),
  options: ArchiveOptions = {},
): Buffer {
  const members = [
    { name: 'data', content: options.data ?? Buffer.from(JSON.stringify(data)) },
    { name: 'pytorch_variables.pth', content: Buffer.from('never read') },
    { name: 'policy.pth', content: options.policy ?? writeTorch(tensors, options.torch), ...options.member },
    { name: '_stable_baselines3_version', content: Buffer.from('2.3.0') },
  ];
  return writeZip(members.filter(({ name }) => name !== options.without));
}
