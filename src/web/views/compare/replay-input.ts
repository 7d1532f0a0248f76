import { DAY_MS, isoDay } from '../../format/time.ts';

/** Trading rules as form values; '' means the rule of the package's account (paper.md#6). */
export interface ReplayRules {
  readonly opposite: '' | 'flip' | 'hold';
  readonly stop_gap: '' | 'open' | 'stop';
  readonly hold_clock: '' | 'training' | 'wall';
  readonly funding: '' | 'on' | 'off';
  readonly max_positions: string;
  /** In percent of the initial balance. */
  readonly kill_level: string;
}

/** Replays of several packages over one range as form values. */
export interface ReplayInput extends DayRange {
  readonly modelIds: readonly string[];
  readonly balance: string;
  readonly label: string;
  readonly decided: 'all' | 'account';
  readonly rules: ReplayRules;
}

export const ACCOUNT_RULES: ReplayRules = {
  opposite: '',
  stop_gap: '',
  hold_clock: '',
  funding: '',
  max_positions: '',
  kill_level: '',
};

/** The rules of the training environment (paper.md#6). */
export const TRAINING_RULES: ReplayRules = {
  ...ACCOUNT_RULES,
  opposite: 'hold',
  stop_gap: 'stop',
  hold_clock: 'training',
  funding: 'off',
  kill_level: '0',
};

/** Ranges of so many days; 30 are the fewest that ratios and comparisons need (statistics.md#12). */
export const RANGE_PRESETS: readonly { readonly label: string; readonly days: number }[] = [
  { label: '1 week', days: 7 },
  { label: '2 weeks', days: 14 },
  { label: '30 days', days: 30 },
  { label: '90 days', days: 90 },
  { label: '1 year', days: 365 },
];

/** Whole UTC days as in `date` inputs, `2026-01-31`; both are part of the range. */
export interface DayRange {
  readonly firstDay: string;
  readonly lastDay: string;
}

/** So many days that end with the last whole UTC day. */
export function daysUntil(now: number, days: number): DayRange {
  const end = Math.floor(now / DAY_MS) * DAY_MS;
  return { firstDay: isoDay(end - days * DAY_MS), lastDay: isoDay(end - DAY_MS) };
}

/** How many days a range has; undefined while it is empty or ends before it begins. */
export function lengthOf({ firstDay, lastDay }: DayRange): number | undefined {
  const days = (Date.parse(lastDay) - Date.parse(firstDay)) / DAY_MS + 1;
  return days > 0 ? days : undefined;
}

/** The body of `POST /paper/replays` for one of the packages. The range ends where the day after the last one begins. */
export function replayRequestBody(input: ReplayInput, modelId: string): object {
  const { firstDay, lastDay, balance, label, decided, rules } = input;
  const { opposite, stop_gap, hold_clock, funding, max_positions, kill_level } = rules;
  const settings = {
    ...(opposite === '' ? {} : { opposite }),
    ...(stop_gap === '' ? {} : { stop_gap }),
    ...(hold_clock === '' ? {} : { hold_clock }),
    ...(funding === '' ? {} : { funding: funding === 'on' }),
    ...(kill_level === '' ? {} : { kill_level: Number(kill_level) / 100 }),
  };
  return {
    model_id: modelId,
    from: `${firstDay}T00:00:00Z`,
    to: `${isoDay(Date.parse(lastDay) + DAY_MS)}T00:00:00Z`,
    ...(balance === '' ? {} : { initial_balance: Number(balance) }),
    ...(label.trim() === '' ? {} : { label: label.trim() }),
    ...(decided === 'account' ? { decided } : {}),
    ...(max_positions === '' ? {} : { max_positions: Number(max_positions) }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  };
}
