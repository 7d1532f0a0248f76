import type { PaperdeskError } from '../../errors.ts';
import { memberOf, numbersOf, parameterOf, pathOf } from './model-document.ts';

/** A tree; node 0 is the root, a node without a left child is a leaf. */
export interface XgboostTree {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly feature: Int32Array;
  /** Values below it go left; for a leaf, its value. */
  readonly condition: Float32Array;
  readonly defaultLeft: Uint8Array;
  /** The categories that go right, by node. */
  readonly categories: ReadonlyMap<number, ReadonlySet<number>>;
  /** Whether a leaf has a vector of values, as in newer versions of XGBoost. */
  readonly vectorLeaves: boolean;
}

/** Creates the error of a model from a reason. */
export type Fail = (reason: string) => PaperdeskError;

/** Reads one tree. @throws the error that `fail` creates from a reason */
export function readTree(tree: unknown, features: number, fail: Fail): XgboostTree {
  const list = (name: string, length?: number): Float64Array => {
    const numbers = numbersOf(memberOf(tree, name));
    if (numbers === undefined || (length !== undefined && numbers.length !== length)) {
      throw fail(
        `has ${numbers?.length ?? 'no'} ${name}${length === undefined ? '' : ` for ${length} nodes`}`,
      );
    }
    return numbers;
  };
  const left = list('left_children');
  const nodes = left.length;
  if (nodes === 0) throw fail('has no nodes');
  const vectorLeaves = Number(parameterOf(pathOf(tree, 'tree_param', 'size_leaf_vector')) ?? 0) > 1;
  const result: XgboostTree = {
    left: new Int32Array(left),
    right: new Int32Array(list('right_children', nodes)),
    feature: new Int32Array(list('split_indices', nodes)),
    condition: new Float32Array(list('split_conditions', nodes)),
    defaultLeft: new Uint8Array(list('default_left', nodes)),
    categories: readCategories(tree, list, fail),
    vectorLeaves,
  };
  checkReachable(result, features, fail);
  return result;
}

/** Checks that every reachable node exists and is reached in one way only, so that a walk always ends. */
function checkReachable({ left, right, feature }: XgboostTree, features: number, fail: Fail): void {
  const seen = new Uint8Array(left.length);
  const open = [0];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!(node >= 0 && node < left.length)) throw fail(`leads to node ${node} of ${left.length}`);
    if (seen[node]) throw fail(`reaches node ${node} in two ways`);
    seen[node] = 1;
    if (left[node] === -1) continue;
    if (!(feature[node]! >= 0 && feature[node]! < features)) {
      throw fail(`splits at feature ${feature[node]} of ${features}`);
    }
    open.push(left[node]!, right[node]!);
  }
}

/** The nodes on the longest way from the root to a leaf. */
export function levelsOf({ left, right }: XgboostTree): number {
  let levels = 0;
  const open = [0, 1];
  for (let level = open.pop(); level !== undefined; level = open.pop()) {
    const node = open.pop()!;
    levels = Math.max(levels, level);
    if (left[node] !== -1) open.push(left[node]!, level + 1, right[node]!, level + 1);
  }
  return levels;
}

/** Categorical splits are flat lists: for each such node the start and the number of its categories. */
function readCategories(
  tree: unknown,
  list: (name: string, length?: number) => Float64Array,
  fail: Fail,
): ReadonlyMap<number, ReadonlySet<number>> {
  if (memberOf(tree, 'categories_nodes') === undefined) return new Map();
  const nodes = list('categories_nodes');
  const segments = list('categories_segments', nodes.length);
  const sizes = list('categories_sizes', nodes.length);
  const categories = list('categories');
  const used = sizes.reduce((sum, size) => sum + size, 0);
  if (!(used <= categories.length)) throw fail(`uses ${used} categories where it has ${categories.length}`);
  return new Map(
    Array.from(nodes, (node, index) => {
      const begin = segments[index]!;
      return [node, new Set(categories.subarray(begin, begin + sizes[index]!))];
    }),
  );
}
