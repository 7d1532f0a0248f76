import type { PriceAnswer } from '../../../http/market/schema.ts';
import { getJson } from '../../data/api.ts';
import { type Resource, useResource } from '../../data/resource.ts';

const EVERY_MS = 3000;

/** The last price traded, for as long as somebody sees the page. */
export function useLivePrice(symbol: string): Resource<PriceAnswer> {
  return useResource(
    async (signal) => {
      await untilSeen(signal);
      return getJson<PriceAnswer>(`/live-price?${new URLSearchParams({ symbol })}`, { signal });
    },
    [symbol],
    { everyMs: EVERY_MS },
  );
}

function untilSeen(signal: AbortSignal): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener('visibilitychange', () => resolve(), { once: true, signal });
  });
}
