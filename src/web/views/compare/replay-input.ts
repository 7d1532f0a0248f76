import { DAY_MS } from '../../format/time.ts';

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

/** A replay as form values; times as in `datetime-local` inputs, in UTC. */
export interface ReplayInput {
  readonly modelId: string;
  readonly from: string;
  readonly to: string;
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

export const RANGE_PRESETS: readonly { readonly label: string; readonly ms: number }[] = [
  { label: '3 days', ms: 3 * DAY_MS },
  { label: '1 week', ms: 7 * DAY_MS },
  { label: '2 weeks', ms: 14 * DAY_MS },
  { label: '30 days', ms: 30 * DAY_MS },
  { label: '90 days', ms: 90 * DAY_MS },
  { label: '1 year', ms: 365 * DAY_MS },
];

type Range = Pick<ReplayInput, 'from' | 'to'>;

/** A range that ends with the newest closed decision candle, whose length is `candleMs`. */
export function rangeEndingAt(now: number, length: number, candleMs: number): Range {
  const to = Math.floor(now / candleMs) * candleMs;
  return { from: inputOf(to - length), to: inputOf(to) };
}

/** The range with its times rounded down to decision candles; times that are empty stay so. */
export function roundedRange({ from, to }: Range, candleMs: number): Range {
  const rounded = (input: string) => {
    const time = instantOfInput(input);
    return time === undefined ? input : inputOf(Math.floor(time / candleMs) * candleMs);
  };
  return { from: rounded(from), to: rounded(to) };
}

/** A time as the value of a `datetime-local` input, in UTC. */
export function inputOf(time: number): string {
  return new Date(time).toISOString().slice(0, 16);
}

/** ms since the epoch of the value of a `datetime-local` input; undefined while it is empty. */
export function instantOfInput(value: string): number | undefined {
  const time = Date.parse(`${value}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** The body of `POST /paper/replays`. */
export function replayRequestBody(input: ReplayInput): object {
  const { modelId, from, to, balance, label, decided, rules } = input;
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
    from: isoTime(from),
    to: isoTime(to),
    ...(balance === '' ? {} : { initial_balance: Number(balance) }),
    ...(label.trim() === '' ? {} : { label: label.trim() }),
    ...(decided === 'account' ? { decided } : {}),
    ...(max_positions === '' ? {} : { max_positions: Number(max_positions) }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  };
}

/** ISO 8601; `datetime-local` leaves out seconds of 0. */
function isoTime(input: string): string {
  return `${input}Z`.replace(/T(\d\d:\d\d)Z$/, 'T$1:00Z');
}
