import { PaperdeskError } from '../../errors.ts';
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
  const machine = new PickleMachine(bytes, {
    kind,
    limits,
    execute,
    opcodes: limits.opcodes,
    containers: limits.containers,
    copies: limits.copies,
    work: 4 * bytes.length + 4096,
    nesting: MAX_NESTED_PICKLES,
  });
  const value = execute(machine);
  if (machine.offset !== bytes.length) {
    throw machine.malformed(`${bytes.length - machine.offset} bytes follow its end`);
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

function execute(machine: PickleMachine): PickleValue {
  const { run, bytes } = machine;
  for (;;) {
    if (--run.opcodes < 0) throw machine.limit(`${run.limits.opcodes} operations`);
    machine.opcodeOffset = machine.offset;
    if (machine.offset >= bytes.length) throw machine.malformed('it ends without STOP');
    const code = machine.u8();
    if (code === STOP) return machine.result();
    const runOpcode = OPCODES[code];
    if (runOpcode === undefined) {
      throw machine.malformed(`0x${code.toString(16).padStart(2, '0')} is not an operation`);
    }
    runOpcode(machine);
  }
}
