import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PriceAnswer } from '../../http/market/schema.ts';
import { followPrice, onEvents } from './events.ts';

/** The last traded price of a symbol, from the event stream; undefined until it comes. */
export function useLivePrice(symbol: string): ReadonlySignal<PriceAnswer | undefined> {
  const price = useSignal<PriceAnswer | undefined>(undefined);
  useEffect(() => {
    price.value = undefined;
    const stopFollowing = followPrice(symbol);
    const stopListening = onEvents(['price'], ({ data }) => {
      if (data.symbol === symbol) price.value = data as unknown as PriceAnswer;
    });
    return () => {
      stopListening();
      stopFollowing();
    };
  }, [symbol]);
  return price;
}
