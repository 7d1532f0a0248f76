import type { PriceAnswer } from '../../../http/market/schema.ts';
import { getJson } from '../../data/api.ts';
import { type Resource, useResource } from '../../data/resource.ts';
import { withQuery } from '../../data/urls.ts';

const REFRESH_MS = 3000;

/** The last traded price, while the page is visible. */
export function useLivePrice(symbol: string): Resource<PriceAnswer> {
  return useResource(
    async (signal) => {
      await untilVisible(signal);
      return getJson<PriceAnswer>(withQuery('/live-price', { symbol }), { signal });
    },
    [symbol],
    { everyMs: REFRESH_MS },
  );
}

function untilVisible(signal: AbortSignal): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener('visibilitychange', () => resolve(), { once: true, signal });
  });
}
