import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { memoryReader } from '../../../src/formats/byte-reader.ts';
import { inspectPolicy, readPolicy } from '../../../src/formats/sb3/read-policy.ts';
import { op, pickle } from '../../helper/pickle-assembler.ts';
import { expectRefusal } from '../../helper/refusal.ts';
import { policyData, policyTensors, writePolicy } from '../../helper/sb3-writer.ts';
import { float32, patchTst, type TensorSpec, writeTorch } from '../../helper/torch-writer.ts';
import { writeZip } from '../../helper/zip-writer.ts';

const read = (file: Buffer) => readPolicy(memoryReader(file));
const options = (policy_kwargs: unknown) => policyData({ policy_kwargs });
const actions = (fields: Record<string, unknown>) =>
  policyData({ action_space: { ...(policyData().action_space as object), ...fields } });
const observations = (fields: Record<string, unknown>) =>
  policyData({ observation_space: { ...(policyData().observation_space as object), ...fields } });
const changed = (name: string, spec: Partial<TensorSpec> | undefined) => {
  const { [name]: before, ...others } = policyTensors();
  return spec === undefined ? others : { ...others, [name]: { shape: [1], ...before, ...spec } };
};

describe('archives of stable-baselines3', () => {
  test('have layers, activation and log std', async () => {
    const weight = Float32Array.from({ length: 5 * 2 }, (_, i) => i);
    const tensors = changed('action_net.weight', { storage: float32([...weight]) });
    const policy = await read(writePolicy(policyData(), tensors));
    expect(policy.hidden.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
      [72, 3],
      [3, 2],
    ]);
    expect(policy.hidden[0]!.weight).toEqual(new Float32Array(216).fill(0.5));
    expect(policy.output).toEqual({ inputs: 2, outputs: 5, weight, bias: new Float32Array(5).fill(0.5) });
    expect(policy.logStd).toEqual(new Float32Array(5).fill(0.5));
    expect(policy).toMatchObject({ activation: 'tanh', observationSize: 72, actionSize: 5 });
  });

  test('may have policy.pth compressed, or sizes in zip64 fields', async () => {
    for (const member of [{ deflated: true }, { localZip64: true }]) {
      expect((await read(writePolicy(policyData(), policyTensors(), { member }))).hidden).toHaveLength(2);
    }
  });

  test.each([[[]], [[1]], [[7, 6, 5, 4, 3]]])('have hidden layers %j', async (widths) => {
    const policy = await read(writePolicy(options({ net_arch: widths }), policyTensors(widths)));
    expect(policy.hidden.map(({ outputs }) => outputs)).toEqual(widths);
    expect(policy.output.inputs).toBe(widths.at(-1) ?? 72);
  });

  test.each([
    ['activation.Tanh', 'tanh'],
    ['activation.ReLU', 'relu'],
    ['activation.ELU', 'elu'],
    ['activation.GELU', 'gelu'],
    ['activation.SiLU', 'silu'],
    ['activation.LeakyReLU', 'leaky_relu'],
    ['linear.Identity', 'identity'],
  ])('have the activation %s', async (name, expected) => {
    const data = options({ activation_fn: `<class 'torch.nn.modules.${name}'>` });
    expect((await read(writePolicy(data))).activation).toBe(expected);
  });

  test.each([
    [undefined],
    [{}],
    [{ net_arch: [3, 2] }],
    [{ activation_fn: null }],
    [{ net_arch: [{ pi: [3, 2], vf: [4] }] }],
    [{ features_extractor_class: "<class 'stable_baselines3.common.torch_layers.FlattenExtractor'>" }],
  ])('have Tanh where %j says nothing else', async (kwargs) => {
    expect((await read(writePolicy(options(kwargs)))).activation).toBe('tanh');
  });

  test.each([
    { low: '[-1.0, -1.0, -1.0, -1.0, -1.0]', high: '[1.0, 1.0, 1.0, 1.0, 1.0]' },
    { low: undefined, high: undefined, low_repr: '-1.0', high_repr: '1.0' },
    { ':type:': "<class 'gym.spaces.box.Box'>" },
  ])('have bounds written as %j', async (fields) => {
    await expect(read(writePolicy(actions(fields)))).resolves.toBeDefined();
  });

  test('may omit sizes that the tensors have', async () => {
    const data = policyData({
      observation_space: {},
      action_space: { ...(policyData().action_space as object), _shape: undefined },
    });
    expect((await read(writePolicy(data))).observationSize).toBe(72);
    expect((await read(writePolicy(data, policyTensors([3, 2], 73)))).observationSize).toBe(73);
    await expectRefusal(
      () => read(writePolicy(data, policyTensors([3, 2], 72, 4))),
      'ACTION_SIZE',
      /4 actions/,
    );
  });
});

describe('policies of other algorithms are refused by its name', () => {
  const policyOf = (module: string, fields: Record<string, unknown> = {}) =>
    policyData({ policy_class: { __module__: module }, ...fields });
  test.each([
    ['SAC', policyOf('stable_baselines3.sac.policies')],
    ['TD3', policyOf('stable_baselines3.td3.policies', { policy_delay: 2 })],
    [
      'DDPG',
      policyOf('stable_baselines3.td3.policies', { policy_delay: 1, policy_kwargs: { n_critics: 1 } }),
    ],
    ['DQN', policyOf('stable_baselines3.dqn.policies')],
    ['TQC', policyOf('sb3_contrib.tqc.policies')],
    ['QR-DQN', policyOf('sb3_contrib.qrdqn.policies')],
    ['RecurrentPPO', policyOf('sb3_contrib.common.recurrent.policies')],
    ['MaskablePPO', policyOf('sb3_contrib.common.maskable.policies')],
    ['TRPO', policyOf('stable_baselines3.common.policies', { cg_max_steps: 15 })],
    ['SAC', policyOf('mine', { target_entropy: -5 })],
  ])('%s', async (name, data) => {
    await expectRefusal(
      () => read(writePolicy(data)),
      'POLICY_UNSUPPORTED',
      new RegExp(`trained by ${name}[ ,]`),
    );
  });

  test.each([
    ['SAC', 'actor.latent_pi.0.weight'],
    ['TD3', 'actor.mu.0.weight'],
    ['DQN', 'q_net.q_net.0.weight'],
    ['QR-DQN', 'quantile_net.quantile_net.0.weight'],
    ['TQC', 'critic.quantile_critics.0.weight'],
    ['RecurrentPPO', 'lstm_actor.weight_ih_l0'],
  ])('%s by its tensors', async (name, tensor) => {
    const file = writePolicy(policyData(), { [tensor]: { shape: [2] } });
    await expectRefusal(() => read(file), 'POLICY_UNSUPPORTED', new RegExp(`trained by ${name} .*${tensor}`));
  });

  test('the algorithm comes first, then the action space, then sizes', async () => {
    const data = {
      ...policyOf('stable_baselines3.dqn.policies'),
      observation_space: { ':type:': "<class 'gymnasium.spaces.box.Box'>", _shape: [8, 9] },
      action_space: { ':type:': "<class 'gymnasium.spaces.discrete.Discrete'>", n: '3', _shape: [] },
    };
    const { faults, policy } = await inspectPolicy(memoryReader(writePolicy(data)));
    expect(policy).toBeUndefined();
    expect(faults.map(({ code }) => code)).toEqual([
      'POLICY_UNSUPPORTED',
      'ACTION_SPACE',
      'OBSERVATION_SIZE',
    ]);
  });

  test.each([
    [
      'an archive',
      writeZip(
        [
          { name: 'data', content: 'x' },
          { name: 'parameter_list', content: 'x' },
          { name: 'parameters', content: 'x' },
        ].map(({ name, content }) => ({ name, content: Buffer.from(content) })),
      ),
    ],
    ['a pickle', pickle(op.global('stable_baselines.common.policies', 'MlpPolicy'))],
  ])('stable-baselines 2: %s', async (_, file) => {
    await expectRefusal(() => read(file), 'NOT_SB3', /stable-baselines 2/);
  });
});

describe('archives that were unpacked and zipped again', () => {
  const members = ['data', 'policy.pth'] as const;
  const content = {
    data: Buffer.from(JSON.stringify(policyData())),
    'policy.pth': writeTorch(policyTensors()),
  };
  const added = (...names: string[]) => names.map((name) => ({ name, content: Buffer.from('x') }));

  test.each([
    ['in a folder, by macOS', 'ppo/', added('__MACOSX/ppo/._data', 'ppo/.DS_Store', '.DS_Store')],
    ['without a folder, by Windows', '', added('Thumbs.db', 'desktop.ini')],
  ])('%s', async (_, folder, others) => {
    const own = members.map((name) => ({ name: folder + name, content: content[name], deflated: true }));
    const policy = await read(writeZip([...own, ...others]));
    expect(policy.observationSize).toBe(72);
  });

  test('a zip around the archive is named', async () => {
    const file = writeZip([{ name: 'ppo_policy.zip', content: writePolicy() }]);
    await expectRefusal(() => read(file), 'NOT_SB3', /holds "ppo_policy\.zip": upload that file itself/);
  });
});

describe('refused archives', () => {
  const nan = float32([0, 0, Number.NaN, 0, 0]);
  const cases: [string, Buffer, ErrorCode, RegExp?][] = [
    ['empty', Buffer.alloc(0), 'FILE_EMPTY'],
    ['not a zip', Buffer.from('hello, world'), 'NOT_SB3', /zip/],
    ['a forecast model', writeTorch(patchTst()), 'NOT_SB3', /torch\.save/],
    [
      'without data',
      writePolicy(undefined, undefined, { without: 'data' }),
      'NOT_SB3',
      /data and policy\.pth/,
    ],
    ['without policy.pth', writePolicy(undefined, undefined, { without: 'policy.pth' }), 'NOT_SB3'],
    [
      'data that is not JSON',
      writePolicy(undefined, undefined, { data: Buffer.from('{') }),
      'JSON_MALFORMED',
    ],
    [
      'data that is a list',
      writePolicy(undefined, undefined, { data: Buffer.from('[1]') }),
      'JSON_MALFORMED',
    ],
    [
      'data nested 100 000 deep',
      writePolicy(undefined, undefined, { data: Buffer.from(`{"a":${'['.repeat(100_000)}`) }),
      'JSON_MALFORMED',
    ],
    [
      'data of 9 MB',
      writePolicy(undefined, undefined, { data: Buffer.alloc(9 * 2 ** 20, ' ') }),
      'ZIP_TOO_LARGE',
    ],
    ['data without spaces', writePolicy({}), 'NOT_SB3', /observation_space/],
    [
      'data with spaces in its prototype',
      writePolicy(undefined, undefined, {
        data: Buffer.from(`{"__proto__":${JSON.stringify(policyData())}}`),
      }),
      'NOT_SB3',
    ],
    [
      '74 observations in data alone',
      writePolicy(observations({ _shape: [74] })),
      'OBSERVATION_SIZE',
      /74.*in its data/,
    ],
    [
      '74 observations in tensors alone',
      writePolicy(undefined, policyTensors([3, 2], 74)),
      'OBSERVATION_SIZE',
      /74.*policy_net\.0\.weight/,
    ],
    [
      'observations in two dimensions',
      writePolicy(observations({ _shape: [8, 9] })),
      'OBSERVATION_SIZE',
      /\[8, 9\]/,
    ],
    [
      'observations in a dict',
      writePolicy(observations({ ':type:': "<class 'gymnasium.spaces.dict.Dict'>" })),
      'POLICY_UNSUPPORTED',
      /Dict/,
    ],
    [
      'discrete actions',
      writePolicy(actions({ ':type:': "<class 'gymnasium.spaces.discrete.Discrete'>", n: '3', _shape: [] })),
      'ACTION_SPACE',
      /Discrete/,
    ],
    ['actions of no type', writePolicy(actions({ ':type:': undefined })), 'ACTION_SPACE'],
    [
      'a type that only resembles a Box',
      writePolicy(actions({ ':type:': "<class 'evil.gymnasium.spaces.box.Box'>" })),
      'ACTION_SPACE',
    ],
    [
      'actions from 0',
      writePolicy(actions({ low: '[0. 0. 0. 0. 0.]' })),
      'ACTION_SPACE',
      /\[0, 0, 0, 0, 0\]/,
    ],
    ['actions up to 2', writePolicy(actions({ high: '[1. 1. 2. 1. 1.]' })), 'ACTION_SPACE', /1, 1, 2, 1, 1/],
    [
      'actions without bounds',
      writePolicy(actions({ low: '[-inf -inf -inf -inf -inf]' })),
      'ACTION_SPACE',
      /-Infinity/,
    ],
    ['bounds that are missing', writePolicy(actions({ low: undefined })), 'ACTION_SPACE', /low/],
    ['bounds that are no numbers', writePolicy(actions({ low: '[a b c d e]' })), 'ACTION_SPACE', /NaN/],
    [
      '3 actions',
      writePolicy(
        actions({ _shape: [3], low: '[-1. -1. -1.]', high: '[1. 1. 1.]' }),
        policyTensors([3, 2], 72, 3),
      ),
      'ACTION_SIZE',
      /3 actions/,
    ],
    [
      '3 actions in tensors alone',
      writePolicy(undefined, policyTensors([3, 2], 72, 3)),
      'ACTION_SIZE',
      /action_net/,
    ],
    [
      'use_sde with other noise',
      writePolicy(policyData({ use_sde: true })),
      'TENSOR_SHAPE',
      /log_std.*\[2, 5\]/,
    ],
    [
      'use_sde with layers of its own',
      writePolicy(policyData({ use_sde: true, policy_kwargs: { net_arch: [3, 2], sde_net_arch: [4] } })),
      'POLICY_UNSUPPORTED',
      /sde_net_arch/,
    ],
    [
      'use_sde with tensors of such layers',
      writePolicy(policyData({ use_sde: true }), {
        ...changed('log_std', { shape: [2, 5] }),
        'sde_features_extractor.0.weight': { shape: [4, 2] },
      }),
      'POLICY_UNSUPPORTED',
      /sde_net_arch/,
    ],
    ['squash_output', writePolicy(options({ squash_output: true })), 'POLICY_UNSUPPORTED', /squash_output/],
    [
      'another features extractor',
      writePolicy(options({ features_extractor_class: "<class 'mine.Attention'>" })),
      'POLICY_UNSUPPORTED',
      /Attention/,
    ],
    [
      'another activation',
      writePolicy(options({ activation_fn: "<class 'torch.nn.modules.activation.Hardswish'>" })),
      'POLICY_UNSUPPORTED',
      /Hardswish/,
    ],
    [
      'an activation of their own',
      writePolicy(options({ activation_fn: "<class 'mine.Tanh'>" })),
      'POLICY_UNSUPPORTED',
      /Tanh/,
    ],
    [
      'an activation that is a function',
      writePolicy(options({ activation_fn: '<function tanh at 0x7f>' })),
      'POLICY_UNSUPPORTED',
    ],
    [
      'weights of an extractor',
      writePolicy(undefined, { ...policyTensors(), 'features_extractor.linear.weight': { shape: [2] } }),
      'POLICY_UNSUPPORTED',
      /features_extractor/,
    ],
    [
      'shared layers',
      writePolicy(undefined, { ...policyTensors(), 'mlp_extractor.shared_net.0.weight': { shape: [2] } }),
      'POLICY_UNSUPPORTED',
      /policy and value network share/,
    ],
    [
      'a recurrent policy',
      writePolicy(undefined, { ...policyTensors(), 'lstm_actor.weight_ih_l0': { shape: [2] } }),
      'POLICY_UNSUPPORTED',
      /lstm_actor/,
    ],
    [
      'weights where an activation belongs',
      writePolicy(undefined, { ...policyTensors(), 'mlp_extractor.policy_net.1.weight': { shape: [3] } }),
      'POLICY_UNSUPPORTED',
      /layer 1/,
    ],
    [
      'a layer left out',
      writePolicy(undefined, { ...policyTensors(), 'mlp_extractor.policy_net.6.weight': { shape: [3, 3] } }),
      'TENSOR_MISSING',
      /policy_net\.4\.weight/,
    ],
    ['no log_std', writePolicy(undefined, changed('log_std', undefined)), 'TENSOR_MISSING', /log_std/],
    [
      'no action_net',
      writePolicy(undefined, changed('action_net.weight', undefined)),
      'TENSOR_MISSING',
      /action_net\.weight/,
    ],
    [
      'a log_std for each input',
      writePolicy(undefined, changed('log_std', { shape: [2, 5] })),
      'TENSOR_SHAPE',
      /log_std.*\[2, 5\]/,
    ],
    [
      'a bias of another size',
      writePolicy(undefined, changed('mlp_extractor.policy_net.2.bias', { shape: [3] })),
      'TENSOR_SHAPE',
      /\[3\].*\[2\]/,
    ],
    [
      'layers that do not fit',
      writePolicy(undefined, changed('mlp_extractor.policy_net.2.weight', { shape: [2, 4] })),
      'TENSOR_SHAPE',
      /\[2, 4\].*3/,
    ],
    [
      'a layer of one dimension',
      writePolicy(undefined, changed('mlp_extractor.policy_net.2.weight', { shape: [2] })),
      'TENSOR_SHAPE',
    ],
    [
      'hidden layers unlike those in data',
      writePolicy(options({ net_arch: [64, 64] })),
      'TENSOR_SHAPE',
      /\[3, 2\].*\[64, 64\]/,
    ],
    [
      'integers as weights',
      writePolicy(undefined, changed('log_std', { storageType: 'IntStorage' })),
      'TENSOR_DTYPE',
      /log_std/,
    ],
    [
      'an expanded weight',
      writePolicy(
        undefined,
        changed('action_net.weight', { strides: [0, 1], elements: 2, storage: Buffer.alloc(8) }),
      ),
      'TENSOR_BOUNDS',
    ],
    [
      'NaN in log_std',
      writePolicy(undefined, changed('log_std', { storage: nan })),
      'WEIGHT_NOT_FINITE',
      /^log_std\[2\]/,
    ],
    [
      'NaN in a bias',
      writePolicy(undefined, changed('action_net.bias', { storage: nan })),
      'WEIGHT_NOT_FINITE',
      /^action_net\.bias\[2\]/,
    ],
    [
      'policy.pth that is text',
      writePolicy(undefined, undefined, { policy: Buffer.from('hello') }),
      'NOT_SB3',
      /policy\.pth/,
    ],
    [
      'policy.pth that is empty',
      writePolicy(undefined, undefined, { policy: Buffer.alloc(0) }),
      'FILE_EMPTY',
    ],
    [
      'policy.pth that is another zip',
      writePolicy(undefined, undefined, { policy: writeZip([]) }),
      'NOT_SB3',
    ],
    [
      'policy.pth with a command',
      writePolicy(undefined, undefined, { torch: { pickle: pickle(op.global('posix', 'system')) } }),
      'PICKLE_FORBIDDEN_GLOBAL',
      /policy\.pth.*"posix system"/,
    ],
  ];
  test.each(cases)('%s', async (_, file, code, sentence) => {
    await expectRefusal(() => read(file), code, sentence);
  });

  test('NaN in the value network is accepted', async () => {
    const tensors = changed('value_net.bias', { storage: float32([Number.NaN]) });
    await expect(read(writePolicy(undefined, tensors))).resolves.toBeDefined();
  });
});
