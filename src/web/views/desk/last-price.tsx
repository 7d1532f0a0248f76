import { useEffect, useRef } from 'preact/hooks';
import type { PriceAnswer } from '../../../http/market/schema.ts';
import type { Resource } from '../../data/resource.ts';
import { price as priceText } from '../../format/numbers.ts';

interface LastPriceProps {
  readonly symbol: string;
  readonly of: Resource<PriceAnswer>;
}

/** The last price traded, with an arrow for where it went. */
export function LastPrice({ symbol, of }: LastPriceProps) {
  const value = of.data.value?.price;
  // Why there is no newer one.
  const error = of.error.value;
  const before = useRef<number | undefined>(undefined);
  const direction = useRef<'up' | 'down' | ''>('');
  if (value !== undefined && before.current !== undefined && value !== before.current)
    direction.current = value > before.current ? 'up' : 'down';
  useEffect(() => {
    before.current = value;
  }, [value]);
  return (
    <p class="last-price" title={error?.message}>
      <span class="soft">{symbol}</span>{' '}
      <b class={error === undefined ? direction.current : 'soft'}>{priceText(value)}</b>{' '}
      <span class={`last-price-arrow ${direction.current}`} aria-hidden="true">
        {direction.current === 'up' ? '▲' : direction.current === 'down' ? '▼' : ''}
      </span>
      {error !== undefined && <span class="small soft"> last known</span>}
    </p>
  );
}
