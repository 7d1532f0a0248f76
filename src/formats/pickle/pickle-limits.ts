/** Limits of a pickle (packages.md#19): generous for what training writes, far below what would do harm. */
export interface PickleLimits {
  readonly bytes: number;
  readonly opcodes: number;
  /** Values on the stack at once. */
  readonly stack: number;
  /** Tuples, lists, dicts, sets and objects in all; each takes up to some hundred bytes for one byte of file. */
  readonly containers: number;
  /** Memo entries. */
  readonly memo: number;
  /** Open marks, and levels of the resulting value. */
  readonly depth: number;
  /** Values of the result, counting shared ones each time. */
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
