/** What the adapter has to know of an exchange beyond ccxt's unified interface. */
export interface ExchangeTraits {
  /** Its own addresses, of which ccxt knows the paths. */
  readonly restUrl: string;
  readonly wsUrl: string;
  /** Limit of a request through ccxt. */
  readonly candlesPerRequest: number;
  /** Limit of a request through ccxt. */
  readonly fundingPerRequest: number;
  /** ccxt options that list linear perpetuals only. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The header with the request weight that this address has used in the current minute, and its limit. */
  readonly weight?: { readonly header: string; readonly perMinute: number };
}

/** The exchanges that the service supports, by ccxt id (market.md#1). */
export const EXCHANGES = {
  binanceusdm: {
    restUrl: 'https://fapi.binance.com',
    wsUrl: 'wss://fstream.binance.com',
    candlesPerRequest: 1000,
    fundingPerRequest: 1000,
    options: { fetchMarkets: { types: ['linear'] }, fetchMargins: false, defaultType: 'swap' },
    weight: { header: 'x-mbx-used-weight-1m', perMinute: 2400 },
  },
  bybit: {
    restUrl: 'https://api.bybit.com',
    wsUrl: 'wss://stream.bybit.com',
    candlesPerRequest: 1000,
    fundingPerRequest: 200,
    options: { fetchMarkets: { types: ['linear'] }, defaultType: 'swap', defaultSubType: 'linear' },
  },
} as const satisfies Record<string, ExchangeTraits>;

export type ExchangeId = keyof typeof EXCHANGES;

export const EXCHANGE_IDS = Object.keys(EXCHANGES) as ExchangeId[];

export function isExchangeId(id: string): id is ExchangeId {
  return Object.hasOwn(EXCHANGES, id);
}
