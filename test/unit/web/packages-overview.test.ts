import { describe, expect, test } from 'vitest';
import type { ModelPackageAnswer } from '../../../src/http/packages/schema.ts';
import { filtersOf, isShown, totalsByState } from '../../../src/web/views/packages/overview/filters.ts';
import {
  headlineOf,
  selectionSentence,
  sourceSentence,
} from '../../../src/web/views/packages/overview/headline.ts';
import { packageRows, sortedRows } from '../../../src/web/views/packages/overview/package-rows.ts';
import { type AccountState, stateOf } from '../../../src/web/views/packages/overview/package-state.ts';
import {
  defaultSource,
  type Result,
  resultSources,
} from '../../../src/web/views/packages/overview/results.ts';

const packageOf = (id: string, facts: Partial<ModelPackageAnswer> = {}) =>
  ({
    ...{
      id,
      name: id,
      status: 'READY',
      warmup_status: 'DONE',
      warmup_error: null,
      version: 1,
      version_of: null,
    },
    ...{
      tags: [],
      aliases: [],
      warnings: [],
      drift: null,
      proof: null,
      auto_trade: false,
      auto_trading: null,
    },
    created_at: '2026-11-20T00:00:00.000Z',
    ...facts,
  }) as unknown as ModelPackageAnswer;

interface Facts {
  readonly pct?: number;
  readonly lots?: number;
  readonly worth?: Result['performance']['worth']['code'];
  readonly replay?: Partial<NonNullable<Result['replay']>>;
}

const resultOf = (id: string, { pct = 0, lots = 40, worth = 'NOT_PROVEN', replay }: Facts = {}) =>
  ({
    kind: replay === undefined ? 'live' : 'replay',
    replay:
      replay === undefined
        ? null
        : {
            id: 'r',
            label: null,
            from: '2026-11-15T00:00:00.000Z',
            to: '2026-11-29T00:00:00.000Z',
            ...replay,
          },
    model_id: `paper_${id}`,
    model_package_id: id,
    symbol: 'BTCUSDT',
    performance: {
      ...{ total_return_pct: pct, buy_and_hold_pct: -2.78, max_drawdown_pct: 1, initial_balance: 10_000 },
      counts: { lots, days: 35, positions: 12, positions_with_closed_lots: 12 },
      open_positions_count: 0,
      worth: { code: worth, sentence: `The verdict on ${pct} %.` },
    },
  }) as unknown as Result;

const rowsOf = (packages: readonly ModelPackageAnswer[], results: readonly Result[] = []) =>
  packageRows(packages, resultSources(results)[0]!, []);

describe('the headline', () => {
  const two = [packageOf('alpha'), packageOf('beta')];

  test.each([
    ['No package yet: drop a forecaster and a policy here', [packageOf('a', { status: 'ARCHIVED' })], []],
    ['No package has traded yet', two, [resultOf('alpha', { lots: 0, worth: 'NEVER_TRADED' })]],
    [
      'No package has earned anything yet; none of two has traded enough to be judged',
      two,
      [resultOf('alpha', { pct: -1, worth: 'TOO_EARLY' })],
    ],
    [
      'No package is proven to earn yet; two of two have traded enough to be judged',
      two,
      [resultOf('alpha', { pct: 3 }), resultOf('beta', { pct: -3, worth: 'LOSES_MONEY' })],
    ],
    [
      'alpha: the verdict on 4.1 %',
      two,
      [resultOf('alpha', { pct: 4.1, worth: 'MAKES_MONEY' }), resultOf('beta', { pct: -3 })],
    ],
    [
      'Two of two packages made money',
      two,
      ['alpha', 'beta'].map((id) => resultOf(id, { pct: 4, worth: 'MAKES_MONEY' })),
    ],
    [
      'alpha: the verdict on -1 %',
      [packageOf('alpha')],
      [resultOf('alpha', { pct: -1, worth: 'TOO_EARLY' })],
    ],
    [
      'No package has earned anything yet; none of 12 has traded enough to be judged',
      Array.from({ length: 12 }, (_, index) => packageOf(`p${index}`)),
      [resultOf('p1', { pct: -1, worth: 'TOO_EARLY' })],
    ],
    // A replay over the range of training is no evidence.
    [
      'No package is proven to earn yet; none of two has traded enough to be judged',
      two,
      [resultOf('alpha', { pct: 40, worth: 'IN_SAMPLE' })],
    ],
  ] as const)('%s', (sentence, packages, results) => {
    expect(headlineOf(rowsOf(packages, results))).toBe(sentence);
  });

  test('warns that the best of several looks better than it is, where one looks good', () => {
    const good = resultOf('alpha', { pct: 4.1, worth: 'MAKES_MONEY' });
    expect(selectionSentence(rowsOf(two, [good, resultOf('beta')]))).toMatch(/^2 packages were tried/);
    expect(selectionSentence(rowsOf(two, [resultOf('alpha'), resultOf('beta')]))).toBeUndefined();
    expect(selectionSentence(rowsOf(two, [good]))).toBeUndefined();
  });
});

describe('the source of results', () => {
  const replay = (id: string, facts: Facts['replay'] = {}) => resultOf(id, { replay: facts });

  test('is the range that most packages were replayed over, until an account has lots enough', () => {
    const results = [
      resultOf('alpha', { lots: 3 }),
      replay('alpha'),
      replay('beta'),
      replay('beta', { id: 'other', from: '2026-10-01T00:00:00.000Z' }),
    ];
    const chosen = defaultSource(resultSources(results));
    expect(chosen.key).toBe('BTCUSDT_2026-11-15T0000_2026-11-29T0000');
    expect(sourceSentence(chosen)).toBe(
      'The same range for all: replay of 15–29 Nov, 10,000 USDT. Holding BTCUSDT lost 2.78 %.',
    );
    const judged = resultSources([resultOf('alpha', { lots: 31 }), ...results.slice(1)]);
    expect(defaultSource(judged).key).toBe('live');
  });

  test('is of the longest range where equally many packages have others, also after a short one', () => {
    const results = [
      replay('alpha'),
      replay('beta', { from: '2026-11-20T00:00:00.000Z', to: '2026-11-30T00:00:00.000Z' }),
    ];
    expect(defaultSource(resultSources(results)).byPackage.has('alpha')).toBe(true);
  });

  test('has the newest replay without a label of each package, not the best one', () => {
    const results = [
      replay('alpha', { id: 'best', created_at: '2026-11-29T01:00:00.000Z' }),
      replay('alpha', { id: 'newest', created_at: '2026-11-29T02:00:00.000Z' }),
      replay('alpha', { id: 'labeled', label: 'no stops', created_at: '2026-11-29T03:00:00.000Z' }),
    ];
    expect(resultSources(results)[1]!.byPackage.get('alpha')?.replay?.id).toBe('newest');
  });
});

describe('rows', () => {
  const packages = [
    packageOf('newer'),
    packageOf('third', { version_of: 'first', version: 3 }),
    packageOf('second', { version_of: 'first', version: 2, tags: ['btc'] }),
    packageOf('first', { tags: ['btc'], aliases: ['champion'] }),
    packageOf('gone', { status: 'ARCHIVED', tags: ['btc'] }),
  ];
  const results = [resultOf('first', { pct: -2 }), resultOf('second', { pct: 5 })];
  const ids = (rows: ReturnType<typeof rowsOf>) =>
    rows.map(({ one, isIndented }) => `${isIndented ? '>' : ''}${one.id}`);

  test('have versions below the first of them, until they are sorted', () => {
    const rows = rowsOf(packages, results);
    expect(ids(rows)).toEqual(['newer', 'first', '>second', '>third', 'gone']);
    expect(ids(sortedRows(rows, 'nothing'))).toEqual(ids(rows));
    expect(ids(sortedRows(rows, 'return'))).toEqual(['first', 'second', 'newer', 'third', 'gone']);
    expect(ids(sortedRows(rows, '-return')).slice(0, 2)).toEqual(['second', 'first']);
  });

  test('are filtered by what packages do and by tag; archived ones only by their own filter', () => {
    const rows = rowsOf(packages, results);
    expect(filtersOf(rows).map(({ key, count }) => [key, count])).toEqual([
      ['', 4],
      ['#btc', 2],
      ['archived', 1],
    ]);
    expect(rows.filter((row) => isShown(row, 'archived')).map(({ one }) => one.id)).toEqual(['gone']);
  });
});

describe('the state of a package', () => {
  const account = (facts: Partial<AccountState>) =>
    ({ status: 'ACTIVE', loop: 'none', last_poll_at: null, ...facts }) as AccountState;
  const trading = { decided_as_of: '2026-11-26T00:15:00.000Z', problem: null, problem_since: null };

  test.each([
    ['ready', packageOf('a'), undefined],
    ['archived', packageOf('a', { status: 'ARCHIVED' }), undefined],
    ['warming', packageOf('a', { warmup_status: 'RUNNING' }), undefined],
    ['trouble', packageOf('a', { warmup_status: 'ERROR', warmup_error: 'no candles' }), undefined],
    ['trading', packageOf('a', { auto_trade: true, auto_trading: trading }), account({ loop: 'service' })],
    [
      'trouble',
      packageOf('a', { auto_trade: true, auto_trading: { ...trading, problem: 'stale' } }),
      undefined,
    ],
    ['trading', packageOf('a'), account({ loop: 'polling' })],
    ['trouble', packageOf('a'), account({ loop: 'silent' })],
    // What stops an account comes before who asks it.
    ['killed', packageOf('a', { auto_trade: true, auto_trading: trading }), account({ status: 'KILLED' })],
    ['paused', packageOf('a'), account({ status: 'PAUSED', loop: 'polling' })],
  ] as const)('is %s', (kind, one, state) => {
    expect(stateOf(one, state).kind).toBe(kind);
  });

  test('comes with the last poll of its account, by a client or the service; the longest ago can be first', () => {
    const polled = (id: string, facts: Partial<AccountState>) =>
      account({ model_package_id: id, auto_trading: null, ...facts });
    const byService = { auto_trading: trading } as Partial<AccountState>;
    const accounts = [
      polled('a', { last_poll_at: '2026-11-26T00:16:00.000Z' }),
      polled('b', byService),
      polled('c', { ...byService, last_poll_at: '2026-11-26T00:10:00.000Z' }),
    ];
    const packages = ['a', 'b', 'c', 'd'].map((id) => packageOf(id));
    const rows = packageRows(packages, resultSources([])[0]!, accounts);
    expect(rows.map(({ polledAt }) => polledAt?.slice(11, 16))).toEqual([
      '00:16',
      '00:15',
      '00:15',
      undefined,
    ]);
    expect(sortedRows(rows, 'poll').map(({ one }) => one.id)).toEqual(['b', 'c', 'a', 'd']);
  });

  test('is summed up in a sentence', () => {
    const rows = rowsOf([
      packageOf('a', { auto_trade: true, auto_trading: trading }),
      packageOf('b', { auto_trade: true, auto_trading: trading, warnings: ['short history'] }),
      packageOf('c', { drift: { state: 'DRIFT', features: ['atr_14'] } }),
    ]);
    expect(totalsByState(rows)).toBe('2 packages trade, 2 have a warning.');
    expect(totalsByState(rowsOf([packageOf('a')]))).toBeUndefined();
  });
});
