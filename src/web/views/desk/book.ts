import type { ResourceOptions } from '../../data/resource.ts';

/** What an account left behind, live or in a replay: the lists are the same, but never mixed. */
export interface Book {
  readonly kind: 'live' | 'replay';
  /** Paths of its lists. */
  readonly equity: string;
  readonly trades: string;
  readonly ledger: string;
  readonly decisions: string;
  /** When its lists have to be loaded again. */
  readonly changes: (kind: 'decision' | 'position' | 'equity') => ResourceOptions;
}

/** @param accountId for example `paper_ppo_v1` */
export function liveBook(accountId: string): Book {
  const of = (list: string) => `/paper/${list}/${encodeURIComponent(accountId)}`;
  return {
    kind: 'live',
    equity: of('equity'),
    trades: of('trades'),
    ledger: of('ledger'),
    decisions: of('decisions'),
    changes: (kind) => ({ reloadOn: [kind], matters: ({ data }) => data.model_id === accountId }),
  };
}

export function replayBook(id: string): Book {
  const of = (list: string) => `/paper/replays/${encodeURIComponent(id)}/${list}`;
  return {
    kind: 'replay',
    equity: of('equity'),
    trades: of('trades'),
    ledger: of('ledger'),
    decisions: of('decisions'),
    changes: () => ({ reloadOn: ['replay'], matters: ({ data }) => data.id === id }),
  };
}
