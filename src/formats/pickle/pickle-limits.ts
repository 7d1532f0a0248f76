/** Limits of a pickle (packages.md#19): generous for what training writes, far below what would do harm. */
export const PICKLE_LIMITS = {
  bytes: 16 * 2 ** 20,
  opcodes: 500_000,
  /** Values on the stack at once. */
  stack: 250_000,
  /** Tuples, lists, dicts, sets and objects in all; each takes up to some hundred bytes for one byte of file. */
  containers: 100_000,
  /** Memo entries. */
  memo: 500_000,
  /** Open marks, and levels of the resulting value. */
  depth: 100,
  /** Values of the result, counting shared ones each time. */
  extent: 2_000_000,
  /** Values that containers and arrays give to others while the result is made. */
  copies: 2_000_000,
  /** Size of one integer beyond 64 bits, in bytes. */
  integerBytes: 1024,
};

export type PickleLimits = Readonly<typeof PICKLE_LIMITS>;
