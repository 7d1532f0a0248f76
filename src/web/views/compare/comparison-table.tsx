import { useMemo } from 'preact/hooks';
import { Badge } from '../../components/badge.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Change } from '../../components/figures.tsx';
import { count, fixed, NOTHING, percent } from '../../format/numbers.ts';
import type { Candidate } from './candidate.ts';
import { IntervalMark, scaleOf } from './interval-mark.tsx';

const LEAST_TRADES = 30;

interface ComparisonTableProps {
  readonly caption: string;
  readonly candidates: readonly Candidate[];
  /** A further column at the end, for example with commands. */
  readonly last?: Column<Candidate>;
}

/** The figures of several accounts beside each other; those with too few trades stand behind, without a rank. */
export function ComparisonTable({ caption, candidates, last }: ComparisonTableProps) {
  const columns = useMemo(() => {
    const scale = scaleOf(
      candidates.map(({ performance: { sharpe, intervals } }) => ({
        value: sharpe,
        interval: intervals.sharpe,
      })),
    );
    return last === undefined ? columnsFor(scale) : [...columnsFor(scale), last];
  }, [candidates, last]);
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={candidates}
      rowKey={({ key }) => key}
      order={{ key: 'rank', direction: 'ascending' }}
      empty={null}
    />
  );
}

function columnsFor(sharpeScale: readonly [number, number]): readonly Column<Candidate>[] {
  const figure = (
    key: string,
    label: string,
    value: (one: Candidate) => number | null | undefined,
    write: (value: number | null | undefined) => string,
    unit?: string,
  ): Column<Candidate> => ({
    ...{ key, label, value },
    ...(unit === undefined ? {} : { unit }),
    isNumber: true,
    cell: (one) => write(value(one)),
  });
  return [
    {
      key: 'rank',
      label: 'Rank',
      value: ({ rank }) => rank,
      cell: ({ rank, performance }) =>
        rank === null ? (
          <Badge
            tone="warn"
            detail={`${performance.total_trades} closed trades; fewer than ${LEAST_TRADES} say little`}
          >
            too early
          </Badge>
        ) : (
          <b>{rank}</b>
        ),
    },
    {
      key: 'name',
      label: 'Package',
      value: ({ name }) => name,
      cell: ({ name, address, status }) => (
        <span class="name">
          {address === undefined ? (
            name
          ) : (
            <a class="strong" href={address}>
              {name}
            </a>
          )}{' '}
          {status !== 'ACTIVE' && <Badge tone={status === 'KILLED' ? 'bad' : 'warn'}>{status}</Badge>}
        </span>
      ),
    },
    {
      key: 'return',
      label: 'Return',
      unit: '%',
      isNumber: true,
      value: ({ performance }) => performance.total_return_pct,
      cell: ({ performance }) => <Change value={performance.total_return_pct} format={fixed} />,
    },
    figure(
      'held',
      'Held',
      ({ performance }) => performance.buy_and_hold_pct,
      (value) => (value == null ? NOTHING : fixed(value)),
      '%',
    ),
    figure('drawdown', 'Drawdown', ({ performance }) => performance.max_drawdown_pct, fixed, '%'),
    {
      key: 'sharpe',
      label: 'Sharpe',
      unit: '90 % interval',
      isNumber: true,
      value: ({ performance }) => performance.sharpe,
      cell: ({ performance: { sharpe, intervals } }) => (
        <span class="sharpe">
          <IntervalMark value={sharpe} interval={intervals.sharpe} scale={sharpeScale} />
          <b>{fixed(sharpe)}</b>
          <span class="soft small">
            {intervals.sharpe === null
              ? NOTHING
              : `${fixed(intervals.sharpe[0], 1)} … ${fixed(intervals.sharpe[1], 1)}`}
          </span>
        </span>
      ),
    },
    figure('sortino', 'Sortino', ({ performance }) => performance.sortino, fixed),
    figure('trades', 'Trades', ({ performance }) => performance.total_trades, count),
    figure(
      'win-rate',
      'Win rate',
      ({ performance }) => performance.win_rate,
      (value) => fixed(value, 1),
      '%',
    ),
    figure('profit-factor', 'Profit factor', ({ performance }) => performance.profit_factor, fixed),
    {
      key: 'coverage',
      label: 'Coverage',
      unit: '%',
      isNumber: true,
      value: ({ coverage }) => coverage,
      cell: ({ coverage, nominal, performance }) => (
        <span title={horizonsOf(performance.forecast_quality)}>
          {coverage === undefined ? NOTHING : `${fixed(coverage, 1)} / ${fixed(nominal, 0)}`}
        </span>
      ),
    },
    {
      key: 'skill',
      label: 'Skill',
      unit: '%',
      isNumber: true,
      value: ({ skill }) => skill,
      cell: ({ skill }) =>
        skill === undefined ? NOTHING : <Change value={skill * 100} format={writeSkill} />,
    },
  ];
}

/** Bad forecasts are a hundred times worse than history; nobody counts tenths there. */
const writeSkill = (value: number) => fixed(value, Math.abs(value) < 100 ? 1 : 0);

function horizonsOf(quality: Candidate['performance']['forecast_quality']): string | undefined {
  return quality?.horizons
    .map(
      ({ horizon_hours, coverage_pct, skill, forecasts }) =>
        `${horizon_hours} h: coverage ${percent(coverage_pct, 1)}, skill ${skill === null ? NOTHING : percent(skill * 100, 1)} (${count(forecasts)} forecasts)`,
    )
    .join('\n');
}
