import { op, pickle } from './pickle-assembler.ts';
import { type Json, ubjson } from './ubjson-writer.ts';

/** Writes XGBoost models with known predictions. */

/** A leaf's value, or a split: below `at` to the left; `missing` is the side of rows without a value. */
export type Node =
  | number
  | { feature: number; at: number; left: Node; right: Node; missing?: 'left' | 'right' }
  | { feature: number; right: Node; left: Node; categories: number[]; missing?: 'left' | 'right' };

interface Lists {
  left: number[];
  right: number[];
  feature: number[];
  condition: number[];
  defaultLeft: number[];
  categories: { node: number; values: number[] }[];
}

function flatten(root: Node): Lists {
  const lists: Lists = { left: [], right: [], feature: [], condition: [], defaultLeft: [], categories: [] };
  const add = (node: Node): number => {
    const index = lists.left.length;
    for (const list of [lists.left, lists.right, lists.feature, lists.condition, lists.defaultLeft])
      list.push(0);
    if (typeof node === 'number') {
      lists.left[index] = -1;
      lists.right[index] = -1;
      lists.condition[index] = node;
      return index;
    }
    lists.feature[index] = node.feature;
    lists.defaultLeft[index] = node.missing === 'left' ? 1 : 0;
    if ('categories' in node) lists.categories.push({ node: index, values: node.categories });
    else lists.condition[index] = node.at;
    lists.left[index] = add(node.left);
    lists.right[index] = add(node.right);
    return index;
  };
  add(root);
  return lists;
}

export function tree(root: Node, id = 0, features = 3): { [key: string]: Json } {
  const { left, right, feature, condition, defaultLeft, categories } = flatten(root);
  const nodes = left.length;
  return {
    base_weights: new Float32Array(nodes),
    categories: Int32Array.from(categories.flatMap(({ values }) => values)),
    categories_nodes: Int32Array.from(categories, ({ node }) => node),
    categories_segments: BigInt64Array.from(categories, (_, index) =>
      BigInt(categories.slice(0, index).reduce((sum, { values }) => sum + values.length, 0)),
    ),
    categories_sizes: BigInt64Array.from(categories, ({ values }) => BigInt(values.length)),
    default_left: Uint8Array.from(defaultLeft),
    id,
    left_children: Int32Array.from(left),
    loss_changes: new Float32Array(nodes),
    parents: new Int32Array(nodes),
    right_children: Int32Array.from(right),
    split_conditions: Float32Array.from(condition),
    split_indices: Int32Array.from(feature),
    split_type: new Uint8Array(nodes),
    sum_hessian: new Float32Array(nodes).fill(1),
    tree_param: {
      num_deleted: '0',
      num_feature: String(features),
      num_nodes: String(nodes),
      size_leaf_vector: '0',
    },
  };
}

export interface ModelParts {
  readonly objective?: string;
  readonly baseScore?: string;
  readonly classes?: number;
  readonly features?: number;
  readonly version?: number[];
  readonly attributes?: { [key: string]: Json };
  readonly featureNames?: string[];
}

export function model(gradientBooster: Json, parts: ModelParts = {}): { [key: string]: Json } {
  const {
    objective = 'reg:squarederror',
    baseScore = '5E-1',
    classes = 0,
    features = 3,
    version = [1, 7, 4],
    attributes = {},
    featureNames = [],
  } = parts;
  return {
    learner: {
      attributes,
      feature_names: featureNames,
      feature_types: [],
      gradient_booster: gradientBooster,
      learner_model_param: {
        base_score: baseScore,
        boost_from_average: '1',
        num_class: String(classes),
        num_feature: String(features),
        num_target: '1',
      },
      objective: { name: objective },
    },
    version,
  };
}

export function gbtree(trees: Node[], outputs?: number[]): { [key: string]: Json } {
  return {
    model: {
      gbtree_model_param: { num_parallel_tree: '1', num_trees: String(trees.length), size_leaf_vector: '0' },
      tree_info: outputs ?? trees.map(() => 0),
      trees: trees.map((root, id) => tree(root, id)),
    },
    name: 'gbtree',
  };
}

export function dart(trees: Node[], weights: number[]): { [key: string]: Json } {
  return { gbtree: gbtree(trees), name: 'dart', weight_drop: weights };
}

export function gblinear(weights: number[]): { [key: string]: Json } {
  return { model: { boosted_rounds: 3, weights: Float32Array.from(weights) }, name: 'gblinear' };
}

/** A pickled Booster around what XGBoost would have serialized. */
export function boosterPickle(handle: Buffer): Buffer {
  return pickle(booster(handle));
}

/** Attributes of the Python objects. */
type PythonAttributes = Readonly<Record<string, number>>;
const members = (attributes: PythonAttributes) =>
  Object.entries(attributes).flatMap(([name, value]) => [
    op.text(name),
    Number.isInteger(value) ? op.int(value) : op.float(value),
  ]);

function booster(handle: Buffer, attributes: PythonAttributes = {}): Buffer[] {
  return [
    op.global('xgboost.core', 'Booster'),
    op.emptyTuple,
    op.newObject,
    op.dict(
      op.text('handle'),
      Buffer.concat([op.global('builtins', 'bytearray'), op.binary(handle), op.tuple1, op.reduce]),
      ...members(attributes),
    ),
    op.build,
  ];
}

/** The same inside a wrapper of scikit-learn's interface. */
export function wrapperPickle(
  name: string,
  handle: Buffer,
  attributes: { readonly wrapper?: PythonAttributes; readonly booster?: PythonAttributes } = {},
): Buffer {
  return pickle(
    op.global('xgboost.sklearn', name),
    op.emptyTuple,
    op.newObject,
    op.dict(
      ...[op.text('n_estimators'), op.int(2), ...members(attributes.wrapper ?? {})],
      ...[op.text('_Booster'), Buffer.concat(booster(handle, attributes.booster))],
    ),
    op.build,
  );
}

export function snapshot(document: Json): Buffer {
  return ubjson({ Config: { learner: {} }, Model: document });
}
