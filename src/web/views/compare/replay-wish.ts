/** Rules of an account as a form holds them: '' is as the account of the package has it. */
export interface Rules {
  readonly opposite: '' | 'flip' | 'hold';
  readonly stop_gap: '' | 'open' | 'stop';
  readonly hold_clock: '' | 'training' | 'wall';
  readonly funding: '' | 'on' | 'off';
  readonly max_positions: string;
  /** In percent of the initial balance. */
  readonly kill_level: string;
}

/** A replay as the form holds it; times as `datetime-local` writes them, in UTC. */
export interface ReplayWish {
  readonly modelId: string;
  readonly from: string;
  readonly to: string;
  readonly balance: string;
  readonly label: string;
  readonly decided: 'all' | 'account';
  readonly rules: Rules;
}

export const NO_RULES: Rules = {
  opposite: '',
  stop_gap: '',
  hold_clock: '',
  funding: '',
  max_positions: '',
  kill_level: '',
};

/** The rules that policies were trained by (paper.md#6). */
export const TRAINING_RULES: Rules = {
  ...NO_RULES,
  opposite: 'hold',
  stop_gap: 'stop',
  hold_clock: 'training',
  funding: 'off',
  kill_level: '0',
};

const DAY_MS = 24 * 60 * 60_000;
const QUARTER_MS = 15 * 60_000;

export const RANGE_PRESETS: readonly { readonly label: string; readonly ms: number }[] = [
  { label: '3 days', ms: 3 * DAY_MS },
  { label: '1 week', ms: 7 * DAY_MS },
  { label: '2 weeks', ms: 14 * DAY_MS },
  { label: '30 days', ms: 30 * DAY_MS },
  { label: '90 days', ms: 90 * DAY_MS },
  { label: '1 year', ms: 365 * DAY_MS },
];

/** A range of whole quarters of an hour that are over. */
export function rangeEndingAt(now: number, length: number): Pick<ReplayWish, 'from' | 'to'> {
  const to = Math.floor(now / QUARTER_MS) * QUARTER_MS;
  return { from: inputOf(to - length), to: inputOf(to) };
}

/** As `datetime-local` wants it, in UTC. */
export function inputOf(time: number): string {
  return new Date(time).toISOString().slice(0, 16);
}

/** ms since the epoch; undefined while the field is not filled. */
export function instantOfInput(value: string): number | undefined {
  const time = Date.parse(`${value}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** The body of `POST /paper/replays`. */
export function requestOf({ modelId, from, to, balance, label, decided, rules }: ReplayWish): object {
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
    from: `${from}Z`.replace(/T(\d\d:\d\d)Z$/, 'T$1:00Z'),
    to: `${to}Z`.replace(/T(\d\d:\d\d)Z$/, 'T$1:00Z'),
    ...(balance === '' ? {} : { initial_balance: Number(balance) }),
    ...(label.trim() === '' ? {} : { label: label.trim() }),
    ...(decided === 'account' ? { decided } : {}),
    ...(max_positions === '' ? {} : { max_positions: Number(max_positions) }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  };
}
