/** What a pickle may use; generous for what training writes, far below what would hurt. */
export interface PickleLimits {
  readonly bytes: number;
  readonly opcodes: number;
  /** Values on the stack at once. */
  readonly stack: number;
  /** Tuples, lists, dicts, sets and objects in all; each costs up to some hundred bytes for one byte of file. */
  readonly containers: number;
  /** Memo slots. */
  readonly memo: number;
  /** Open marks, and nesting of the value in the end. */
  readonly depth: number;
  /** Values that a walk through the result meets, counting shared ones each time. */
  readonly extent: number;
  /** Size of one integer beyond 64 bits, in bytes. */
  readonly integerBytes: number;
}

export const PICKLE_LIMITS: PickleLimits = {
  bytes: 16 * 2 ** 20,
  opcodes: 500_000,
  stack: 250_000,
  containers: 100_000,
  memo: 500_000,
  depth: 100,
  extent: 2_000_000,
  integerBytes: 1024,
};
