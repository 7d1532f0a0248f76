import { isCount } from '../numbers.ts';
import { NumpyArray } from '../numpy/numpy.ts';
import { countOf, PickleList, valuesOf } from '../pickle/pickle-list.ts';
import {
  type AllowedGlobal,
  describe,
  type GlobalTable,
  isList,
  isTuple,
  type PickleContext,
  PickleData,
  PickleInstance,
  PickleObject,
  type PickleValue,
} from '../pickle/pickle-values.ts';
import { PandasIndex } from './pandas-index.ts';

const MAX_COLUMNS = 10_000;

/** Columns that pandas stores together: their values and their positions in the frame. */
class Block extends PickleData<{ readonly values: PickleList; readonly placement: PickleValue }> {
  readonly typeName = 'pandas block';

  override children(): Iterable<PickleValue> {
    return [this.value.values, this.value.placement];
  }
}

function blockOf(
  values: PickleValue | undefined,
  placement: PickleValue = null,
  context: PickleContext,
): Block {
  if (!(values instanceof PickleList) || values instanceof PandasIndex) {
    throw context.malformed(`a block of pandas has ${describe(values)} as its values`);
  }
  return new Block({ values, placement });
}

/** The values of a frame or a series. */
class BlockManager extends PickleObject {
  readonly typeName = 'pandas block manager';
  blocks: readonly Block[] = [];
  /** Labels of the columns and of the rows; a series has only labels of rows. */
  axes: readonly PandasIndex[] = [];

  define(blocks: PickleValue | undefined, axes: PickleValue | undefined, context: PickleContext): this {
    // A series of pandas 2 has its only block and its only index without a list around them.
    const blockList = isTuple(blocks) || isList(blocks) ? blocks : [blocks ?? null];
    const axisList = isTuple(axes) || isList(axes) ? axes : [axes ?? null];
    if (
      !blockList.every((block) => block instanceof Block) ||
      !axisList.every((axis) => axis instanceof PandasIndex)
    ) {
      throw context.malformed('a frame does not consist of blocks and axes');
    }
    this.blocks = blockList;
    this.axes = axisList;
    return this;
  }

  /** (axes, values of blocks, their labels, {'0.14.1': {axes, blocks: [{values, mgr_locs}]}}). */
  override build(state: PickleValue, context: PickleContext): PickleValue {
    const extra = isTuple(state) ? state[3] : undefined;
    const layout = extra instanceof Map ? extra.get('0.14.1') : undefined;
    const blocks = layout instanceof Map ? layout.get('blocks') : undefined;
    if (!(layout instanceof Map) || !isList(blocks)) {
      throw context.malformed('the state of a frame has an unknown layout');
    }
    const parsed = blocks.map((block) => {
      if (!(block instanceof Map)) throw context.malformed('a block of a frame is not a dict');
      return blockOf(block.get('values'), block.get('mgr_locs'), context);
    });
    return this.define(parsed, layout.get('axes'), context);
  }

  override children(): Iterable<PickleValue> {
    return [...this.blocks, ...this.axes];
  }
}

abstract class PandasContainer extends PickleObject {
  protected manager = new BlockManager();

  override build(state: PickleValue, context: PickleContext): PickleValue {
    const manager = state instanceof Map ? (state.get('_mgr') ?? state.get('_data')) : state;
    if (!(manager instanceof BlockManager)) {
      throw context.malformed(`the state of a ${this.typeName} is ${describe(manager)}`);
    }
    this.manager = manager;
    this.check(context);
    return this;
  }

  protected abstract check(context: PickleContext): void;

  override children(): Iterable<PickleValue> {
    return [this.manager];
  }
}

/** A table; its columns are read by name. */
export class PandasDataFrame extends PandasContainer {
  readonly typeName = 'DataFrame';
  private columns = new Map<string, readonly PickleValue[]>();
  rows = 0;

  protected check(context: PickleContext): void {
    const { axes, blocks } = this.manager;
    const [labels, index] = axes;
    if (axes.length !== 2 || labels === undefined || index === undefined) {
      throw context.malformed(`a DataFrame has ${axes.length} axes`);
    }
    if (labels.length > MAX_COLUMNS) {
      throw context.malformed(
        `a DataFrame has ${labels.length} columns; at most ${MAX_COLUMNS} are accepted`,
      );
    }
    this.rows = index.length;
    const placed = new Map<number, readonly PickleValue[]>();
    for (const { value: block } of blocks) {
      context.spendCopies(block.values.length);
      const values = block.values.values();
      const places = placesOf(block.placement, labels.length);
      if (values === undefined || places === undefined || values.length !== places.length * this.rows) {
        throw context.malformed(
          `a block of a DataFrame has ${values?.length} values for ${places?.length} columns of ${this.rows} rows`,
        );
      }
      places.forEach((place, i) => void placed.set(place, values.slice(i * this.rows, (i + 1) * this.rows)));
    }
    if (placed.size !== labels.length) {
      throw context.malformed(`a DataFrame of ${labels.length} columns has values for ${placed.size}`);
    }
    // The levels of the index can be read like columns.
    if (labels.length > 0) {
      for (const level of index.levels.length > 0 ? index.levels : [index]) {
        if (typeof level.name === 'string') this.columns.set(level.name, level.values());
      }
    }
    labels.values().forEach((label, place) => void this.columns.set(columnName(label), placed.get(place)!));
  }

  columnNames(): readonly string[] {
    return [...this.columns.keys()];
  }

  /** The values of a column in the order of the rows; undefined for an unknown name. */
  column(name: string): readonly PickleValue[] | undefined {
    return this.columns.get(name);
  }
}

/** A list of values with labels. */
export class PandasSeries extends PandasContainer {
  readonly typeName = 'Series';

  protected check(context: PickleContext): void {
    const { axes, blocks } = this.manager;
    context.spendCopies(countOf(blocks[0]?.value.values));
    const values = valuesOf(blocks[0]?.value.values);
    if (axes.length !== 1 || blocks.length !== 1 || values?.length !== axes[0]?.length) {
      throw context.malformed(`a Series has ${values?.length} values for ${axes[0]?.length} labels`);
    }
  }

  values(): readonly PickleValue[] {
    return valuesOf(this.manager.blocks[0]?.value.values) ?? [];
  }

  labels(): readonly PickleValue[] {
    return this.manager.axes[0]?.values() ?? [];
  }

  /** Whether the labels are the row numbers. */
  isPlainList(): boolean {
    return this.labels().every((label, row) => label === row);
  }
}

/** The name of a column; a label of several levels becomes a list joined by commas. */
function columnName(label: PickleValue): string {
  if (typeof label === 'string') return label;
  const isPlain = (part: PickleValue) => part === null || typeof part !== 'object';
  return isPlain(label) || (Array.isArray(label) && label.every(isPlain)) ? String(label) : describe(label);
}

/** The positions of `slice(start, stop, step)`, a list or a number; undefined where one is not within the columns. */
function placesOf(placement: PickleValue, columns: number): readonly number[] | undefined {
  const isPlace = (place: unknown): place is number => isCount(place) && place < columns;
  if (placement instanceof PickleInstance && placement.typeName === 'slice') {
    const [start, stop, step] = placement.args;
    const by = step ?? 1;
    if (!isPlace(start ?? 0) || typeof stop !== 'number' || typeof by !== 'number' || by < 1)
      return undefined;
    const places: number[] = [];
    for (let place = Number(start ?? 0); place < Math.min(stop, columns); place += by) places.push(place);
    return places.every(isPlace) ? places : undefined;
  }
  const listed = placement instanceof NumpyArray ? placement.values() : undefined;
  const places = typeof placement === 'number' ? [placement] : listed;
  return places?.every(isPlace) ? (places as readonly number[]) : undefined;
}

const manager: AllowedGlobal = {
  call: ([blocks, axes], context) => new BlockManager().define(blocks, axes, context),
  create: () => new BlockManager(),
};

export const FRAME_GLOBALS: GlobalTable = {
  'pandas._libs.internals _unpickle_block': {
    call: ([values, placement], context) => blockOf(values, placement, context),
  },
  'pandas.core.internals.managers BlockManager': manager,
  'pandas.core.internals.managers SingleBlockManager': manager,
  'pandas.core.frame DataFrame': { create: () => new PandasDataFrame() },
  'pandas.core.series Series': { create: () => new PandasSeries() },
};
