const FIRST_DELAYS_MS = [2000, 4000, 8000];
const LATER_DELAY_MS = 15_000;

/**
 * How long to wait before the next attempt to reach the service, in ms: 2, 4, 8, then every 15 s.
 * @param failures failed attempts in a row, at least 1
 */
export function retryDelay(failures: number): number {
  return FIRST_DELAYS_MS[failures - 1] ?? LATER_DELAY_MS;
}
