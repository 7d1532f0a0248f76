import { isCount } from '../numbers.ts';
import {
  describe,
  isTuple,
  type PickleContext,
  PickleObject,
  type PickleValue,
} from '../pickle/pickle-values.ts';

/** The letters of numpy's `dtype.kind`. */
export type NumpyKind = 'f' | 'i' | 'u' | 'b' | 'O' | 'U' | 'S' | 'V' | 'M' | 'm' | 'c';

/** Sizes in bytes of each kind, the default first; strings may have any size. */
const SIZES: ReadonlyMap<string, readonly number[]> = new Map([
  ['f', [8, 4, 2, 12, 16]],
  ['i', [8, 4, 2, 1]],
  ['u', [8, 4, 2, 1]],
  ['b', [1]],
  ['c', [16, 8]],
  ['O', [8, 4]],
  ['M', [8]],
  ['m', [8]],
]);
const STRING_KINDS = 'USV';

/** `numpy.dtype('f8', False, True)` and its state. */
export class NumpyDtype extends PickleObject {
  readonly typeName = 'numpy.dtype';
  readonly kind: NumpyKind;
  /** Bytes per element; 8 for objects, which are never read from bytes. */
  itemSize: number;
  littleEndian = true;
  /** Unit of dates and durations (kinds M and m): `ns`, `D`, ...; undefined where the file has none. */
  unit: string | undefined;

  constructor(kind: NumpyKind, itemSize: number) {
    super();
    this.kind = kind;
    this.itemSize = itemSize;
  }

  /** The state is (version, byte order, subdtype, names, fields, itemsize or -1, alignment, flags[, metadata]). */
  override build(state: PickleValue, context: PickleContext): PickleValue {
    if (!isTuple(state) || state.length < 6)
      throw context.malformed('the state of a numpy dtype is not a tuple');
    const [, order, subdtype, names, fields, itemSize] = state;
    const text = textOf(order);
    if (text?.length !== 1 || !'<>|='.includes(text)) {
      throw context.malformed('the byte order of a numpy dtype is unknown');
    }
    if ([subdtype, names, fields].some((part) => part !== null)) {
      throw context.malformed('numpy arrays of records are not accepted');
    }
    // Only here do strings have their size.
    if (STRING_KINDS.includes(this.kind) && isCount(itemSize)) this.itemSize = itemSize;
    this.littleEndian = text !== '>';
    this.unit = unitOf(state[8]) ?? this.unit;
    return this;
  }
}

/** The metadata of dates and durations is (dict, (unit, count, 1, 1)). */
function unitOf(metadata: PickleValue | undefined): string | undefined {
  return isTuple(metadata) && isTuple(metadata[1]) ? textOf(metadata[1][0]) : undefined;
}

/** Python 2 and 3 write names as bytes or as text. */
function textOf(value: PickleValue | undefined): string | undefined {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  return typeof value === 'string' ? value : undefined;
}

/** Creates a dtype from the arguments that numpy pickles: name, align, copy. */
export function makeDtype(args: readonly PickleValue[], context: PickleContext): NumpyDtype {
  const name = textOf(args[0]) ?? '';
  const match = /^([<>|=]?)([a-zA-Z])(\d{0,5})$/.exec(name);
  if (match === null) throw context.malformed(`a numpy dtype has ${describe(args[0])} as its name`);
  const [, order, kind, digits] = match as unknown as [string, string, string, string];
  const size = digits === '' ? SIZES.get(kind)?.[0] : Number(digits) * (kind === 'U' ? 4 : 1);
  const known = STRING_KINDS.includes(kind) || SIZES.get(kind)?.includes(size as number);
  if (!known) throw context.malformed(`the numpy dtype ${name} is not supported`);
  const dtype = new NumpyDtype(kind as NumpyKind, size ?? 0);
  dtype.littleEndian = order !== '>';
  return dtype;
}
