/** What has to be known about an exchange beyond ccxt's unified interface. */
export interface ExchangeTraits {
  /** Most candles that one request gives through ccxt. */
  readonly candlesPerRequest: number;
  /** Most settlements that one request gives through ccxt. */
  readonly fundingPerRequest: number;
  /** ccxt options: only linear perpetuals are listed. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The header that tells the request weight this address has used in the current minute, and its limit. */
  readonly weight?: { readonly header: string; readonly perMinute: number };
}

/** The exchanges that may be chosen, by their ccxt id. */
export const EXCHANGES = {
  binanceusdm: {
    candlesPerRequest: 1000,
    fundingPerRequest: 1000,
    options: { fetchMarkets: { types: ['linear'] }, fetchMargins: false, defaultType: 'swap' },
    weight: { header: 'x-mbx-used-weight-1m', perMinute: 2400 },
  },
  bybit: {
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
