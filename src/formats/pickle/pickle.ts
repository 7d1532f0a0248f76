import { PaperdeskError } from '../../errors.ts';
import { PickleCursor } from './pickle-cursor.ts';
import { measureExtent } from './pickle-extent.ts';
import { PICKLE_LIMITS, type PickleLimits } from './pickle-limits.ts';
import { type PickleKind, PickleMachine } from './pickle-machine.ts';
import { OPCODES, STOP } from './pickle-opcodes.ts';
import type { PickleValue } from './pickle-values.ts';

/** Pickles nested in the pickle of one file (joblib writes arrays of objects so). */
const MAX_NESTED_PICKLES = 16;

/**
 * Reads a pickle of protocol 0 to 5 as data (packages.md#18): nothing is imported, called or executed except the
 * constructors of plain data that `kind` lists.
 * @throws PICKLE_FORBIDDEN_GLOBAL, PICKLE_FORBIDDEN_OPCODE, PICKLE_LIMIT, PICKLE_MALFORMED
 */
export function readPickle(bytes: Uint8Array, kind: PickleKind): PickleValue {
  const limits: PickleLimits = { ...PICKLE_LIMITS, ...kind.limits };
  if (bytes.length > limits.bytes) {
    throw new PaperdeskError(
      'PICKLE_LIMIT',
      `${kind.what} is a pickle of ${bytes.length} bytes; at most ${limits.bytes} are accepted.`,
    );
  }
  const cursor = new PickleCursor(bytes, kind.what);
  const budget = {
    opcodes: limits.opcodes,
    containers: limits.containers,
    work: 4 * bytes.length + 4096,
    nesting: MAX_NESTED_PICKLES,
  };
  const value = run(new PickleMachine(cursor, kind, limits, budget, run));
  if (cursor.offset !== bytes.length) {
    throw cursor.malformed(`${bytes.length - cursor.offset} bytes follow its end`);
  }
  const extent = measureExtent(value, limits.depth);
  if (extent === undefined || extent.values > limits.extent) {
    const found = extent === undefined ? `${limits.depth} levels` : `${limits.extent} values`;
    throw new PaperdeskError(
      'PICKLE_LIMIT',
      `${kind.what} is a pickle with more than ${found}, nested in each other.`,
    );
  }
  return value;
}

function run(machine: PickleMachine): PickleValue {
  const { cursor, budget } = machine;
  for (;;) {
    if (--budget.opcodes < 0) throw machine.limit(`${machine.limits.opcodes} operations`);
    cursor.opcodeOffset = cursor.offset;
    if (cursor.offset >= cursor.bytes.length) throw machine.malformed('it ends without STOP');
    const code = cursor.u8();
    if (code === STOP) return machine.result();
    const opcode = OPCODES[code];
    if (opcode === undefined) {
      throw machine.malformed(`0x${code.toString(16).padStart(2, '0')} is not an operation`);
    }
    opcode.run(machine);
  }
}
