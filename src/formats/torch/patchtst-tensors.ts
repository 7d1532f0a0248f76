/** The sizes that determine the shapes of all tensors; the head has features * patches * dModel inputs. */
export type Sizes = Readonly<
  Record<'patchLength' | 'patches' | 'dModel' | 'feedForward' | 'inputs' | 'hidden' | 'outputs', number>
>;

/** Tensors by name, with their shapes. */
export type Shapes = Readonly<Record<string, (sizes: Sizes) => number[]>>;

const EMBEDDING: Shapes = {
  'patch_embed.project.weight': ({ dModel, patchLength }) => [dModel, patchLength],
  'patch_embed.project.bias': ({ dModel }) => [dModel],
  pos_embed: ({ patches, dModel }) => [1, 1, patches, dModel],
};
const LAYER: Shapes = {
  'self_attn.in_proj_weight': ({ dModel }) => [3 * dModel, dModel],
  'self_attn.in_proj_bias': ({ dModel }) => [3 * dModel],
  'self_attn.out_proj.weight': ({ dModel }) => [dModel, dModel],
  'self_attn.out_proj.bias': ({ dModel }) => [dModel],
  'linear1.weight': ({ feedForward, dModel }) => [feedForward, dModel],
  'linear1.bias': ({ feedForward }) => [feedForward],
  'linear2.weight': ({ feedForward, dModel }) => [dModel, feedForward],
  'linear2.bias': ({ dModel }) => [dModel],
  'norm1.weight': ({ dModel }) => [dModel],
  'norm1.bias': ({ dModel }) => [dModel],
  'norm2.weight': ({ dModel }) => [dModel],
  'norm2.bias': ({ dModel }) => [dModel],
};
const HEAD: Shapes = {
  'head.1.weight': ({ hidden, inputs }) => [hidden, inputs],
  'head.1.bias': ({ hidden }) => [hidden],
  'head.4.weight': ({ outputs, hidden }) => [outputs, hidden],
  'head.4.bias': ({ outputs }) => [outputs],
};
/** Buffers that the forward pass does not use: the count of an averaged model, the quantile levels. */
const IGNORED = new Set(['n_averaged', 'quantiles']);

/** Most encoder layers of a model (forecast-and-policy.md#8). */
export const MAX_LAYERS = 64;

/** The tensors of a PatchTST with so many encoder layers. */
export function patchTstShapes(layers: number): Shapes {
  const entries = Array.from({ length: layers }, (_, i) =>
    Object.entries(LAYER).map(([name, shape]) => [`encoder.layers.${i}.${name}`, shape] as const),
  );
  return { ...EMBEDDING, ...Object.fromEntries(entries.flat()), ...HEAD };
}

/** One more than the highest layer number; at least 1, so that an encoder without layers lacks its tensors. */
export function countLayers(names: Iterable<string>): number {
  let layers = 1;
  for (const name of names) {
    const match = /^encoder\.layers\.(\d{1,4})\./.exec(name);
    if (match !== null) layers = Math.max(layers, Number(match[1]) + 1);
  }
  return layers;
}

/** Whether the forward pass does not use a tensor, so that it may be left out. */
export function isUnused(name: string): boolean {
  return IGNORED.has(name);
}

const LAYER_NUMBER = /^encoder\.layers\.\d{1,4}\./;
const NAMES = new Set(
  [...Object.keys(EMBEDDING), ...Object.keys(LAYER).map((name) => `encoder.layers.0.${name}`)].concat(
    Object.keys(HEAD),
  ),
);
/** Longer keys are not compared. */
const MAX_KEY_LENGTH = 500;

/**
 * What precedes the name of a PatchTST's tensor in a key, for example `model.`.
 * @returns undefined where the key does not end with such a name
 */
export function prefixOf(key: string): string | undefined {
  if (key.length > MAX_KEY_LENGTH) return undefined;
  for (let start = 0; ; start = key.indexOf('.', start) + 1) {
    const name = key.slice(start).replace(LAYER_NUMBER, 'encoder.layers.0.');
    if (NAMES.has(name)) return key.slice(0, start);
    if (!key.includes('.', start)) return undefined;
  }
}
