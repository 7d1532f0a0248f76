/** How long to pause between attempts. All in ms. */
export interface BackoffOptions {
  /** After the first failure; doubles with each further one. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Factor per failure, 2 by default. */
  readonly factor?: number;
  /** Random share by which a pause may be longer or shorter, 0..1; none by default. */
  readonly jitter?: number;
}

/**
 * Pause after `failures` failures in a row (1 for the first), in ms.
 * @param random uniform in [0, 1); only used with jitter
 */
export function backoffMs(
  { firstMs, longestMs, factor = 2, jitter = 0 }: BackoffOptions,
  failures: number,
  random: () => number = () => 0.5,
): number {
  const pause = Math.min(firstMs * factor ** (Math.max(failures, 1) - 1), longestMs);
  return pause * (1 + jitter * (2 * random() - 1));
}
