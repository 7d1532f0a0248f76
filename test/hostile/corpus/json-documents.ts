import type { ErrorCode } from '../../../src/errors.ts';
import { FEATURE_SETS } from '../../../src/pipeline/features/feature-sets.ts';
import { policyData, writePolicy } from '../../helper/sb3-writer.ts';
import type { HostileFile } from './hostile-file.ts';

const JSON_MALFORMED: readonly ErrorCode[] = ['JSON_MALFORMED'];

/** Texts that are not a JSON object. */
const NOT_OBJECTS: readonly (readonly [string, string | Buffer])[] = [
  ['an open brace', '{'],
  ['a list', '[1, 2, 3]'],
  ['null', 'null'],
  ['a string', '"mean"'],
  ['a comment', '{} // hello'],
  ['a trailing comma', '{"mean": [1,],}'],
  ['single quotes', "{'mean': 1}"],
  ['NaN', '{"mean": NaN}'],
  ['two objects', '{}{}'],
  ['a NUL', '{"a": "\0"}'],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['an overlong slash', Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d])],
  ['lists nested 500,000 deep', `{"a":${'['.repeat(500_000)}`],
  ['objects nested 200,000 deep', '{"a":'.repeat(200_000)],
];

/** An object with more lists than a document may have. */
const MANY_LISTS = `{"a": [${'[],'.repeat(150_000)}[]]}`;

const zeros = Array(28).fill(0);
const ones = Array(28).fill(1);
const scaler = (change: object) => JSON.stringify({ mean: zeros, scale: ones, ...change });

const SCALERS: readonly (readonly [string, string, readonly ErrorCode[]])[] = [
  ['no values', '{}', ['NOT_SCALER']],
  ['a hundred thousand lists', MANY_LISTS, JSON_MALFORMED],
  ['its values in __proto__', `{"__proto__": ${scaler({})}}`, ['NOT_SCALER']],
  ['its values in constructor', `{"constructor": {"prototype": ${scaler({})}}}`, ['NOT_SCALER']],
  ['a mean that is text', scaler({ mean: 'zero' }), ['NOT_SCALER']],
  ['a mean of strings', scaler({ mean: Array(28).fill('0') }), ['NOT_SCALER']],
  ['a mean of nulls', scaler({ mean: Array(28).fill(null) }), ['NOT_SCALER']],
  ['a mean of lists', scaler({ mean: Array(28).fill([0]) }), ['NOT_SCALER']],
  ['a mean of 27', scaler({ mean: zeros.slice(1) }), ['NOT_SCALER', 'SCALER_FEATURES']],
  ['29 of both', scaler({ mean: [...zeros, 0], scale: [...ones, 1] }), ['SCALER_FEATURES']],
  ['none of both', scaler({ mean: [], scale: [] }), ['SCALER_FEATURES']],
  [
    '100,000 of both',
    scaler({ mean: Array(100_000).fill(0), scale: Array(100_000).fill(1) }),
    ['SCALER_FEATURES'],
  ],
  ['an infinite mean', scaler({}).replace('[0', '[1e999'), ['SCALER_VALUE']],
  ['a scale of 0', scaler({ scale: [0, ...ones.slice(1)] }), ['SCALER_VALUE']],
  ['a scale below 0', scaler({ scale: [-1, ...ones.slice(1)] }), ['SCALER_VALUE']],
  ['feature names that are numbers', scaler({ feature_order: zeros }), ['NOT_SCALER']],
  ['one feature name', scaler({ feature_order: ['a'] }), ['NOT_SCALER']],
  ['5 MB', scaler({ note: 'x'.repeat(5 * 2 ** 20) }), ['NOT_SCALER']],
];

/** JSON scalers. */
export function hostileScalers(): HostileFile[] {
  const listed = SCALERS.map(([name, text, codes]) => ({
    name: `scaler with ${name}`,
    bytes: Buffer.from(text),
    codes,
  }));
  const plain = NOT_OBJECTS.map(([name, text]) => ({
    name: `scaler: ${name}`,
    bytes: Buffer.from(text),
    // The reader takes anything that does not start like JSON for a pickle.
    codes: [...JSON_MALFORMED, 'NOT_SCALER', 'PICKLE_MALFORMED'] as const,
  }));
  return [...listed, ...plain];
}

const INVALID: readonly ErrorCode[] = ['MANIFEST_INVALID'];
const MISMATCH: readonly ErrorCode[] = ['MANIFEST_MISMATCH'];
const MANIFESTS: readonly (readonly [string, unknown, readonly ErrorCode[]])[] = [
  ['another timeframe', { decision_tf: '1h' }, ['SCALER_FEATURES']],
  ['a timeframe that is a list', { decision_tf: ['15m'] }, INVALID],
  ['no heads', { n_heads: 0 }, INVALID],
  ['half a head', { n_heads: 1.5 }, INVALID],
  ['a billion heads', { n_heads: 1e9 }, INVALID],
  ['three heads', { n_heads: 3 }, ['HEADS']],
  ['another lookback', { lookback_steps: 256 }, ['LOOKBACK']],
  ['a negative lookback', { lookback_steps: -512 }, INVALID],
  ['another horizon', { forecast_horizon_steps: 96 }, MISMATCH],
  ['descending quantiles', { forecast_quantiles: [0.9, 0.5, 0.1] }, INVALID],
  ['a quantile of 1', { quantiles: [0.1, 0.5, 1] }, INVALID],
  ['two quantiles', { quantiles: [0.1, 0.9] }, INVALID],
  [
    'two different lists of quantiles',
    { quantiles: [0.1, 0.5, 0.9], forecast_quantiles: [0.2, 0.5, 0.9] },
    INVALID,
  ],
  ['another set of features', { feature_set: 'core29' }, INVALID],
  ['another order of features', { feature_order: [...FEATURE_SETS.core28].reverse() }, MISMATCH],
  ['a feature of 500,000 characters', { feature_order: ['x'.repeat(500_000)] }, MISMATCH],
  ['100,000 features that are numbers', { feature_order: Array(100_000).fill(1) }, INVALID],
  ['a symbol that is a path', { symbol: '../../etc' }, INVALID],
  ['a symbol of 41 characters', { symbol: 'A'.repeat(41) }, INVALID],
  ['a tag of 201 characters', { model_tag: 'x'.repeat(201) }, INVALID],
  ['another d_model', { d_model: 1 }, MISMATCH],
  ['other parameters', { parameters: '4' }, MISMATCH],
  ['other layers', { policy_layers: { length: 2 } }, MISMATCH],
];

/** Manifests that are invalid, or contradict the uploaded pair. */
export function hostileManifests(): HostileFile[] {
  const deep = `{"train_range":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`;
  return [
    ...MANIFESTS.map(([name, value, codes]) => ({
      name: `manifest with ${name}`,
      bytes: Buffer.from(JSON.stringify(value)),
      codes,
    })),
    { name: 'manifest nested 41 deep', bytes: Buffer.from(deep), codes: INVALID },
    {
      name: 'manifest of 2 MB',
      bytes: Buffer.from(JSON.stringify({ note: 'x'.repeat(2 * 2 ** 20) })),
      codes: INVALID,
    },
    ...NOT_OBJECTS.map(([name, text]) => ({
      name: `manifest: ${name}`,
      bytes: Buffer.from(text),
      codes: [...JSON_MALFORMED, ...INVALID],
    })),
  ];
}

const box = (change: object) => ({ ':type:': "<class 'gymnasium.spaces.box.Box'>", ...change });
const action = { _shape: [5], low: '[-1. -1. -1. -1. -1.]', high: '[1. 1. 1. 1. 1.]' };
const POLICIES: readonly (readonly [string, object, readonly ErrorCode[]])[] = [
  ['no spaces', { observation_space: undefined, action_space: undefined }, ['NOT_SB3']],
  ['spaces that are text', { observation_space: 'Box', action_space: 'Box' }, ['NOT_SB3']],
  ['an observation of 74', { observation_space: box({ _shape: [74] }) }, ['OBSERVATION_SIZE']],
  ['an observation of two dimensions', { observation_space: box({ _shape: [8, 9] }) }, ['OBSERVATION_SIZE']],
  [
    'an observation of 300,000 dimensions',
    { observation_space: box({ _shape: Array(300_000).fill(1) }) },
    ['OBSERVATION_SIZE'],
  ],
  [
    'an observation type of 2 MB',
    { observation_space: { ':type:': 'a'.repeat(2 ** 21), _shape: [72] } },
    ['POLICY_UNSUPPORTED'],
  ],
  [
    'an action type of 2 MB',
    { action_space: { ...action, ':type:': `<class '${'a'.repeat(2 ** 21)}` } },
    ['ACTION_SPACE'],
  ],
  [
    'discrete actions',
    { action_space: { ':type:': "<class 'gymnasium.spaces.discrete.Discrete'>", n: 5 } },
    ['ACTION_SPACE'],
  ],
  [
    'an action of 300,000 dimensions',
    { action_space: box({ ...action, _shape: Array(300_000).fill(5) }) },
    ['ACTION_SPACE'],
  ],
  ['actions without bounds', { action_space: box({ _shape: [5] }) }, ['ACTION_SPACE']],
  ['actions up to 2', { action_space: box({ ...action, high: '[2. 2. 2. 2. 2.]' }) }, ['ACTION_SPACE']],
  ['bounds of 1 MB', { action_space: box({ ...action, low: '-1 '.repeat(350_000) }) }, ['ACTION_SPACE']],
  ['a bound of 4000 digits', { action_space: box({ ...action, low: '1'.repeat(4000) }) }, ['ACTION_SPACE']],
  [
    'an unknown activation',
    { policy_kwargs: { activation_fn: "<class 'os.system'>" } },
    ['POLICY_UNSUPPORTED'],
  ],
  [
    'an activation of 2 MB',
    { policy_kwargs: { activation_fn: 'b'.repeat(2 ** 21) } },
    ['POLICY_UNSUPPORTED'],
  ],
  [
    'an unknown extractor',
    { policy_kwargs: { features_extractor_class: "<class 'x.Evil'>" } },
    ['POLICY_UNSUPPORTED'],
  ],
  [
    'an extractor of 2 MB',
    { policy_kwargs: { features_extractor_class: 'c'.repeat(2 ** 21) } },
    ['POLICY_UNSUPPORTED'],
  ],
  ['state-dependent exploration that its weights do not have', { use_sde: true }, ['TENSOR_SHAPE']],
  ['300,000 layers', { policy_kwargs: { net_arch: Array(300_000).fill(64) } }, ['TENSOR_SHAPE']],
];

/** Policies with invalid `data`. */
export function hostilePolicyData(): HostileFile[] {
  return [
    ...POLICIES.map(([name, change, codes]) => ({
      name: `policy with ${name}`,
      bytes: writePolicy(policyData({ ...change })),
      codes,
    })),
    {
      name: 'policy with a hundred thousand lists',
      bytes: writePolicy(undefined, undefined, { data: Buffer.from(MANY_LISTS) }),
      codes: JSON_MALFORMED,
    },
    {
      name: 'policy with its spaces in __proto__',
      bytes: writePolicy(undefined, undefined, {
        data: Buffer.from(`{"__proto__": ${JSON.stringify(policyData())}}`),
      }),
      codes: ['NOT_SB3'],
    },
    ...NOT_OBJECTS.map(([name, text]) => ({
      name: `policy data: ${name}`,
      bytes: writePolicy(undefined, undefined, { data: Buffer.from(text) }),
      codes: JSON_MALFORMED,
    })),
  ];
}
