import { ACTION_SIZE } from '../../dimensions.ts';
import { PaperdeskError } from '../../errors.ts';
import { listText } from '../error-text.ts';
import { field, isJsonObject, type JsonObject } from '../json.ts';
import type { Activation } from '../model-files.ts';
import { isCount } from '../numbers.ts';
import { otherAlgorithm, wrongAlgorithm } from './algorithm.ts';
import { isOn, readStateNoise, type StateNoiseOptions } from './state-noise.ts';
import { shortType, unsupported } from './unsupported.ts';

/** The policy as the plain fields of `data` describe it. */
export interface PolicyDescription {
  readonly activation: Activation;
  /** Numbers of an observation; undefined where `data` does not have them. */
  readonly observationSize: number | undefined;
  /** Widths of the hidden layers; undefined where `data` does not have them. */
  readonly hidden: readonly number[] | undefined;
  /** Undefined without state-dependent noise (`use_sde`). */
  readonly stateNoise: StateNoiseOptions | undefined;
  /** Everything that the service cannot compute with, the algorithm first, then the action space. */
  readonly faults: readonly PaperdeskError[];
}

const ACTIVATIONS: ReadonlyMap<string, Activation> = new Map([
  ['activation.Tanh', 'tanh'],
  ['activation.ReLU', 'relu'],
  ['activation.ELU', 'elu'],
  ['activation.GELU', 'gelu'],
  ['activation.SiLU', 'silu'],
  ['activation.LeakyReLU', 'leaky_relu'],
  ['linear.Identity', 'identity'],
]);
const BOX = /^<class 'gym(?:nasium)?\.spaces\.box\.Box'>$/;
const FLATTEN = "<class 'stable_baselines3.common.torch_layers.FlattenExtractor'>";

/**
 * What the plain fields of a stable-baselines3 `data` document say (forecast-and-policy.md#28);
 * its `:serialized:` values are pickles of code and are never read.
 * @throws NOT_SB3
 */
export function describePolicy(data: JsonObject): PolicyDescription {
  const observation = field(data, 'observation_space');
  const action = field(data, 'action_space');
  if (!isJsonObject(observation) || !isJsonObject(action)) {
    throw new PaperdeskError(
      'NOT_SB3',
      'The policy is not a stable-baselines3 archive: its data does not describe observation_space and action_space.',
    );
  }
  const options = field(data, 'policy_kwargs');
  const faults: PaperdeskError[] = [];
  const algorithm = otherAlgorithm(data);
  if (algorithm !== undefined) faults.push(wrongAlgorithm(algorithm));
  const collect = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof PaperdeskError)) throw error;
      faults.push(error);
      return undefined;
    }
  };
  collect(() => checkActions(action));
  const observationSize = collect(() => readObservationSize(observation));
  // The options of another algorithm mean other things.
  const of = <T>(read: () => T) => (algorithm === undefined ? collect(read) : undefined);
  of(() => checkOptions(data, options));
  const activation = of(() => readActivation(options)) ?? 'tanh';
  const stateNoise = of(() => readStateNoise(data, options));
  return { activation, observationSize, hidden: readHidden(field(options, 'net_arch')), stateNoise, faults };
}

/**
 * @param source where the size comes from, for the error message
 * @throws ACTION_SIZE
 */
export function checkActionSize(size: number, source: string): void {
  if (size === ACTION_SIZE) return;
  throw new PaperdeskError(
    'ACTION_SIZE',
    `The policy gives ${size} actions (${source}); ${ACTION_SIZE} are needed: ` +
      'direction, size, leverage, stop distance, target distance.',
  );
}

function readObservationSize(space: JsonObject): number | undefined {
  const type = field(space, ':type:');
  if (typeof type === 'string' && !BOX.test(type)) {
    throw unsupported(`observes a ${shortType(type)} instead of a Box`);
  }
  const shape = readShape(space);
  if (shape === undefined || shape.length === 1) return shape?.[0];
  throw new PaperdeskError(
    'OBSERVATION_SIZE',
    `The policy expects observations of the shape ${listText(shape)}; a list of numbers, such as [72], is needed.`,
  );
}

function checkActions(space: JsonObject): void {
  const type = field(space, ':type:');
  if (typeof type !== 'string' || !BOX.test(type)) {
    throw actionSpace(`is a ${shortType(type)}`);
  }
  const shape = readShape(space);
  if (shape !== undefined) {
    if (shape.length !== 1) throw actionSpace(`has the shape ${listText(shape)}`);
    checkActionSize(shape[0] as number, 'action_space in its data');
  }
  const low = readBounds(space, 'low');
  const high = readBounds(space, 'high');
  if (!low.every((bound) => bound === -1) || !high.every((bound) => bound === 1)) {
    throw actionSpace(`has the bounds ${listText(low)} and ${listText(high)}`);
  }
}

function readShape(space: JsonObject): readonly number[] | undefined {
  // gym before 0.18 had no underscore.
  const shape = field(space, '_shape') ?? field(space, 'shape');
  return Array.isArray(shape) && shape.every(isCount) ? shape : undefined;
}

/** `low` and `high` are arrays as numpy prints them, `low_repr` and `high_repr` one number for all. */
function readBounds(space: JsonObject, side: 'low' | 'high'): readonly number[] {
  const value = field(space, side) ?? field(space, `${side}_repr`);
  const text = typeof value === 'string' && value.length <= 4096 ? value : '';
  const bounds = text
    .replace(/[[\],]/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) =>
      /^-?(?:\d+\.?\d*(?:e[+-]?\d+)?|inf)$/.test(word) ? Number(word.replace('inf', 'Infinity')) : Number.NaN,
    );
  if (bounds.length === 0) throw actionSpace(`has no bounds (${side})`);
  return bounds;
}

function actionSpace(reason: string): PaperdeskError {
  return new PaperdeskError(
    'ACTION_SPACE',
    `The policy's action space ${reason}; a Box of ${ACTION_SIZE} numbers from -1 to 1 is needed.`,
  );
}

function checkOptions(data: JsonObject, options: unknown): void {
  if (isOn(data, options, 'squash_output')) throw unsupported('was trained with squash_output');
  const extractor = field(options, 'features_extractor_class');
  if (extractor !== undefined && extractor !== null && extractor !== FLATTEN) {
    throw unsupported(`uses the features extractor ${shortType(extractor)}`);
  }
}

function readActivation(options: unknown): Activation {
  const type = field(options, 'activation_fn');
  if (type === undefined || type === null) return 'tanh';
  const match = typeof type === 'string' ? /^<class 'torch\.nn\.modules\.(\w+\.\w+)'>$/.exec(type) : null;
  const activation = ACTIVATIONS.get(match?.[1] ?? '');
  if (activation === undefined) throw unsupported(`uses the activation ${shortType(type)}`);
  return activation;
}

/** `[64, 64]` or `{pi: [64, 64], vf: [...]}`; undefined for other forms, for which the tensors decide. */
function readHidden(architecture: unknown): readonly number[] | undefined {
  const widths = Array.isArray(architecture) ? architecture : field(architecture, 'pi');
  return Array.isArray(widths) && widths.every((width) => isCount(width) && width > 0) ? widths : undefined;
}
