import { useMemo } from 'preact/hooks';
import { Badge } from '../../components/badge.tsx';
import { type Column, numberColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ACCOUNT_STATUS, StateBadge } from '../../components/status-badges.tsx';
import { GainLoss } from '../../components/values.tsx';
import { coverageVerdictText, isSkillJudged, skillVerdictText } from '../../format/forecast-verdicts.ts';
import { missingEvidence } from '../../format/missing-evidence.ts';
import { count, fixed, oneDecimal, percent } from '../../format/numbers.ts';
import { partlyDecided } from '../../format/partly-decided.ts';
import type { ComparedAccount, Tally } from './compared-account.ts';
import { IntervalMark, scaleOf } from './interval-mark.tsx';

interface ComparisonTableProps {
  readonly caption: string;
  readonly accounts: readonly ComparedAccount[];
  /** A column at the end, for example with buttons. */
  readonly lastColumn?: Column<ComparedAccount>;
}

/** Statistics of accounts, by rank. Accounts without a rank come last (statistics.md#22). */
export function ComparisonTable({ caption, accounts, lastColumn }: ComparisonTableProps) {
  const columns = useMemo(() => {
    const scale = scaleOf(
      accounts.map(({ performance: { sharpe, intervals } }) => ({
        value: sharpe,
        interval: intervals.sharpe,
      })),
    );
    return lastColumn === undefined ? columnsFor(scale) : [...columnsFor(scale), lastColumn];
  }, [accounts, lastColumn]);
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={accounts}
      rowKey={({ key }) => key}
      initialOrder={{ key: 'Rank', direction: 'ascending' }}
      empty={null}
    />
  );
}

/** Formats a number; where there is none, the cell is empty. */
function known(format: (value: number) => string) {
  return (value: number | null | undefined) => (value == null ? '' : format(value));
}

function columnsFor(sharpeScale: readonly [number, number]): readonly Column<ComparedAccount>[] {
  return [
    {
      label: 'Rank',
      value: ({ rank }) => rank,
      cell: ({ rank, performance }) =>
        rank === null ? (
          <Badge tone="warn" detail={missingEvidence('rank', performance) ?? 'a rank among one is none'}>
            {performance.too_early ? 'too early' : 'no rank'}
          </Badge>
        ) : (
          <b>{rank}</b>
        ),
    },
    {
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
          {status !== 'ACTIVE' && <StateBadge labels={ACCOUNT_STATUS} state={status} />}
        </span>
      ),
    },
    {
      label: 'Return',
      unit: '%',
      isNumber: true,
      value: ({ performance }) => performance.total_return_pct,
      cell: ({ performance }) => <GainLoss value={performance.total_return_pct} format={fixed} />,
    },
    numberColumn('Buy and hold', ({ performance }) => performance.buy_and_hold_pct, known(fixed), {
      unit: '%',
    }),
    numberColumn(
      'Drawdown',
      ({ performance }) => performance.max_drawdown_pct,
      (value) => fixed(value),
      {
        unit: '%',
      },
    ),
    {
      label: 'Sharpe',
      unit: '90 % interval',
      isNumber: true,
      value: ({ performance }) => performance.sharpe,
      cell: ({ performance: { sharpe, intervals, ...performance } }) => (
        <span class="sharpe">
          <IntervalMark value={sharpe} interval={intervals.sharpe} scale={sharpeScale} />
          <b>
            <Ratio value={sharpe} performance={performance} />
          </b>
          <span class="muted small">{intervals.sharpe?.map(oneDecimal).join(' … ')}</span>
        </span>
      ),
    },
    numberColumn('Trades', ({ performance }) => performance.total_trades, count),
    numberColumn('Win rate', ({ performance }) => performance.win_rate, known(oneDecimal), { unit: '%' }),
    horizonColumn('Coverage in line', ({ inLine }) => inLine),
    horizonColumn('Better than the past', ({ better }) => better),
  ];
}

interface RatioProps {
  readonly value: number | null;
  readonly performance: Parameters<typeof partlyDecided>[0];
}

/** A ratio, marked where fewer than 95 % of the candles were decided on. */
function Ratio({ value, performance }: RatioProps) {
  if (value === null) return null;
  const decided = partlyDecided(performance);
  if (decided === null) return <>{fixed(value)}</>;
  return (
    <span>
      {fixed(value)} <span class="muted small second-line">{decided}</span>
    </span>
  );
}

/** At how many of the horizons that can be judged something is so; a mean over horizons would have no verdict. */
function horizonColumn(label: string, read: (account: ComparedAccount) => Tally): Column<ComparedAccount> {
  return {
    label,
    unit: 'horizons',
    isNumber: true,
    value: (account) => (read(account).of === 0 ? undefined : read(account).count),
    cell: (account) => {
      const { count: number, of } = read(account);
      return (
        <span title={qualityByHorizon(account.performance.forecast_quality)}>
          {of > 0 && `${number} of ${of}`}
        </span>
      );
    },
  };
}

function qualityByHorizon(quality: ComparedAccount['performance']['forecast_quality']): string | undefined {
  return quality?.horizons
    .map((one) => {
      const skill = isSkillJudged(one.skill_verdict) ? `${percent(one.skill && one.skill * 100, 1)}, ` : '';
      return (
        `${one.horizon_hours} h: coverage ${percent(one.coverage_pct, 1)}, ${coverageVerdictText(one)}; ` +
        `skill ${skill}${skillVerdictText(one.skill_verdict, one)}`
      );
    })
    .join('\n');
}
