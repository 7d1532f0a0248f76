import { useEffect, useRef } from 'preact/hooks';
import type { PriceAnswer } from '../../../http/market/schema.ts';
import type { Resource } from '../../data/resource.ts';
import { price as formatPrice } from '../../format/numbers.ts';

const ARROWS = { up: '▲', down: '▼', '': '' };

interface LastPriceProps {
  readonly symbol: string;
  readonly livePrice: Resource<PriceAnswer>;
}

/** The last traded price, with an arrow for its last change. */
export function LastPrice({ symbol, livePrice }: LastPriceProps) {
  const price = livePrice.data.value?.price;
  const error = livePrice.error.value;
  const before = useRef<number | undefined>(undefined);
  const direction = useRef<keyof typeof ARROWS>('');
  if (price !== undefined && before.current !== undefined && price !== before.current)
    direction.current = price > before.current ? 'up' : 'down';
  useEffect(() => {
    before.current = price;
  }, [price]);
  return (
    <p class="last-price" title={error?.message}>
      <span class="muted">{symbol}</span>{' '}
      <b class={error === undefined ? direction.current : 'muted'}>{formatPrice(price)}</b>{' '}
      <span class={`last-price-arrow ${direction.current}`} aria-hidden="true">
        {ARROWS[direction.current]}
      </span>
      {error !== undefined && <span class="small muted"> last known</span>}
    </p>
  );
}
