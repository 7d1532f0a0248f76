import type { AttributionAnswer, AttributionSumsAnswer } from '../../../http/attribution/schema.ts';
import { type Column, numberColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { GainLoss } from '../../components/values.tsx';
import { slippageOf } from '../../format/bookkeeping.ts';
import { count, percent, signed, usdt } from '../../format/numbers.ts';
import { CLOSE_LABELS } from './labels.ts';

export const GROUPINGS = [
  { id: 'by_reason', label: 'Exit' },
  { id: 'by_side', label: 'Side' },
  { id: 'by_hour', label: 'Hour' },
  { id: 'by_weekday', label: 'Weekday' },
  { id: 'by_confidence', label: 'Confidence' },
] as const;

export type Grouping = (typeof GROUPINGS)[number]['id'];

interface Group extends AttributionSumsAnswer {
  readonly key: string;
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const CONFIDENCES = ['0', '50', '55', '60', '70', '80', '90'];

const NAMES: Readonly<Record<Grouping, (key: string) => string>> = {
  by_reason: (key) => (key === 'OPEN' ? 'Open' : (CLOSE_LABELS[key as keyof typeof CLOSE_LABELS] ?? key)),
  by_side: (key) => (key === 'long' ? 'Long' : 'Short'),
  by_hour: (key) => `${key}:00`,
  by_weekday: (key) => WEEKDAYS[Number(key)] ?? key,
  by_confidence: confidenceName,
};

const HEADINGS: Readonly<Record<Grouping, string>> = {
  by_reason: 'Exit',
  by_side: 'Side',
  by_hour: 'Opened',
  by_weekday: 'Opened',
  by_confidence: 'Confidence',
};

const money = (value: number | null | undefined) => signed(value, usdt);
const onDesktop = { isDesktopOnly: true };

function columnsOf(grouping: Grouping): readonly Column<Group>[] {
  return [
    {
      label: HEADINGS[grouping],
      unit: grouping === 'by_hour' || grouping === 'by_weekday' ? 'UTC' : undefined,
      value: ({ key }) => key,
      cell: ({ key }) => NAMES[grouping](key),
    },
    numberColumn('Lots', ({ lots }) => lots, count),
    // Null below 10 lots, where a share says nothing.
    numberColumn(
      'Won',
      ({ win_rate }) => win_rate,
      (value) => percent(value, 0),
    ),
    numberColumn('Price moves', ({ price_usdt }) => price_usdt, money, onDesktop),
    numberColumn('Slippage', slippageOf, money, onDesktop),
    numberColumn('Fees', ({ fees_usdt }) => fees_usdt, money, onDesktop),
    numberColumn('Funding', ({ funding_usdt }) => funding_usdt, money, onDesktop),
    {
      label: 'Result',
      unit: 'USDT',
      isNumber: true,
      value: ({ net_usdt }) => net_usdt,
      cell: ({ net_usdt }) => <GainLoss value={net_usdt} format={usdt} />,
    },
  ];
}

interface OriginGroupsProps {
  readonly answer: AttributionAnswer;
  readonly grouping: Grouping;
}

/** The parts of the result by group of lots. */
export function OriginGroups({ answer, grouping }: OriginGroupsProps) {
  const rows = Object.entries(answer[grouping]).map(([key, sums]) => ({ key, ...sums }));
  return (
    <DataTable
      caption="Result by group of lots"
      columns={columnsOf(grouping)}
      rows={rows}
      rowKey={({ key }) => key}
      empty={null}
    />
  );
}

/** `60 to 70`; confidence is 0 to 100. */
function confidenceName(key: string): string {
  if (key === 'none') return 'None';
  const next = CONFIDENCES[CONFIDENCES.indexOf(key) + 1];
  return next === undefined ? `${key} and more` : `${key} to ${next}`;
}
