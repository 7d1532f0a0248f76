import type { DayRange } from '../../format/day-range.ts';

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

/** What a request for replays says beside packages and range. */
export function replayFields(input: Omit<ReplayInput, 'modelIds' | keyof DayRange>): object {
  const { balance, label, decided, rules } = input;
  const { opposite, stop_gap, hold_clock, funding, max_positions, kill_level } = rules;
  const settings = {
    ...(opposite === '' ? {} : { opposite }),
    ...(stop_gap === '' ? {} : { stop_gap }),
    ...(hold_clock === '' ? {} : { hold_clock }),
    ...(funding === '' ? {} : { funding: funding === 'on' }),
    ...(kill_level === '' ? {} : { kill_level: Number(kill_level) / 100 }),
  };
  return {
    ...(balance === '' ? {} : { initial_balance: Number(balance) }),
    ...(label.trim() === '' ? {} : { label: label.trim() }),
    ...(decided === 'account' ? { decided } : {}),
    ...(max_positions === '' ? {} : { max_positions: Number(max_positions) }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  };
}
