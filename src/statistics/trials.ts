import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Overview } from '../accounts/overview.ts';
import type { ReadRevisions } from '../db/revisions.ts';
import { createRevisionCache } from '../runtime/revision-cache.ts';
import type { AccountSettings } from '../trading/settings.ts';
import { type DailyReturns, logReturns, sharedDays } from './daily-equity.ts';
import { sharpeParts } from './daily-ratios.ts';
import { effectiveCount, meanCorrelation } from './effective-trials.ts';
import type { Performance } from './performance.ts';
import { deflatedSharpe } from './probabilistic-sharpe.ts';
import type { Trial, TrialName, TrialRepository } from './trial-repository.ts';

/** What else was tried on the range of a record, and what is left of its Sharpe ratio. */
export interface JudgedByTrials {
  /** Packages with rules that this service tried on at least half of the range, this one included. */
  readonly counted: number;
  /** Models that were trained before the package was chosen; null where its manifest does not say it. */
  readonly declared: number | null;
  /** How many independent trials that equals. */
  readonly effective: number;
  /** Probability that the true Sharpe ratio is above the best of trials without skill; null where it is withheld. */
  readonly deflatedSharpe: number | null;
  /** Weeks until that is told from chance; null where it is withheld, and where it never is at this pace. */
  readonly weeksToTell: number | null;
}

/** A record that is judged. */
export interface JudgedRecord extends Omit<Trial, 'logReturns'> {
  readonly performance: Performance;
  readonly declared: number | null;
}

export interface Trials {
  record(record: Omit<JudgedRecord, 'declared'>): Promise<void>;
  /** Judges a record by everything that was tried on its range (statistics.md#17, statistics.md#99). */
  judge(record: JudgedRecord): Promise<JudgedByTrials>;
  /** Judges records of one comparison, by the same trials, in the same order. */
  judgeAll(records: readonly JudgedRecord[]): Promise<JudgedByTrials[]>;
  /** Changes whenever a record may be judged otherwise. */
  revision(): Promise<string>;
}

export interface TrialsDependencies {
  readonly repository: TrialRepository;
  readonly readRevisions: ReadRevisions;
}

interface CountedTrial extends Trial {
  /** Null without variation. */
  readonly dailySharpe: number | null;
}

/** Symbols whose trials are kept in memory; a hundred trials of a year take 300 kB. */
const MAX_SYMBOLS = 20;

/**
 * The same for the same files and rules, whatever the package is called.
 * @param packageVersion with or without the form of its weights
 */
export function trialKey(packageVersion: string, settings: AccountSettings): string {
  const before = knownKeys.get(settings);
  if (before?.packageVersion === packageVersion) return before.key;
  const key = hashOf(packageVersion, settings);
  knownKeys.set(settings, { packageVersion, key });
  return key;
}

/** The last key of some settings: the same records are judged again and again. */
const knownKeys = new WeakMap<AccountSettings, { packageVersion: string; key: string }>();

function hashOf(packageVersion: string, settings: AccountSettings): string {
  const [files = ''] = packageVersion.split('+');
  const rules = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  const content = JSON.stringify([files.split('.').sort(), rules]);
  return createHash('sha256').update(content).digest('base64url').slice(0, 22);
}

export function createTrials({ repository, readRevisions }: TrialsDependencies): Trials {
  const cache = createRevisionCache<readonly CountedTrial[]>({ maxEntries: MAX_SYMBOLS });
  const correlationOf = createCorrelation();
  const known = new LRUCache<string, readonly CountedTrial[]>({ max: MAX_SYMBOLS });

  const revision = () => readRevisions('trials');

  const listed = (symbol: string) => cache.get(symbol, revision, () => read(symbol));

  /** Reads only what is new: the trials of all years are many, and a trial that has not grown has not changed. */
  async function read(symbol: string): Promise<readonly CountedTrial[]> {
    const names = new Map((await repository.names(symbol)).map((name) => [nameOf(name), name]));
    const before = (known.get(symbol) ?? []).filter((trial) => names.delete(nameOf(trial)));
    const keys = new Set([...names.values()].map(({ key }) => key));
    const added = keys.size === 0 ? [] : await repository.list(symbol, [...keys]);
    const kept = before.filter(({ key }) => !keys.has(key));
    const counted = [...kept, ...added.map(countedTrial)].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    known.set(symbol, counted);
    return counted;
  }

  return {
    revision,

    record: ({ performance, ...trial }) =>
      repository.record({ ...trial, logReturns: logDays(performance.dailyReturns) }),

    judge: async (record) => judgeBy(await listed(record.symbol), record),

    async judgeAll(records) {
      const bySymbol = new Map<string, readonly CountedTrial[]>();
      for (const { symbol } of records) if (!bySymbol.has(symbol)) bySymbol.set(symbol, await listed(symbol));
      return records.map((record) => judgeBy(bySymbol.get(record.symbol) ?? [], record));
    },
  };

  function judgeBy(trials: readonly CountedTrial[], record: JudgedRecord): JudgedByTrials {
    const { declared, performance } = record;
    const own = { ...record, ...ownDays(performance.dailyReturns) };
    // A finished replay is one of the trials: all of one range then have the same, which are compared once.
    const found = trialsOfRange(trials, trials.find((trial) => isSame(trial, own)) ?? own);
    const counted = found.sort((a, b) => (a.key < b.key ? -1 : 1));
    const effective = effectiveCount(correlationOf(counted), counted.length + (declared ?? 0));
    const { sharpeParts: parts, withheld } = performance;
    const dailySharpes = counted.flatMap(({ dailySharpe }) => (dailySharpe === null ? [] : [dailySharpe]));
    const deflated =
      parts === null || withheld.deflatedSharpe !== undefined
        ? null
        : deflatedSharpe(parts, { effective, dailySharpes });
    return {
      ...{ counted: counted.length, declared, effective },
      deflatedSharpe: deflated?.probability ?? null,
      weeksToTell: deflated?.weeksToTell ?? null,
    };
  }
}

/** The record of a live account. Without a package it is compared with itself only. */
export function judgedAccount(
  { stored, model }: Pick<Overview, 'stored' | 'model'>,
  performance: Performance,
): JudgedRecord {
  const { id, settings } = stored.account;
  return {
    ...performance.range,
    symbol: stored.symbol,
    key: model === null ? id : trialKey(model.version, settings),
    performance,
    declared: model?.manifest.trials ?? null,
  };
}

/** The record itself, and of every other package with rules the trial that shares most of its range: at least half of it. */
export function trialsOfRange<Counted extends Trial>(trials: readonly Counted[], own: Counted): Counted[] {
  const overlap = ({ from, to }: Trial) => Math.min(to, own.to) - Math.max(from, own.from);
  const best = new Map([[own.key, own]]);
  for (const trial of trials) {
    if (trial.key === own.key || overlap(trial) < (own.to - own.from) / 2) continue;
    const known = best.get(trial.key);
    if (known === undefined || overlap(trial) > overlap(known)) best.set(trial.key, trial);
  }
  return [...best.values()];
}

function logDays({ from, values }: DailyReturns): DailyReturns {
  return { from, values: logReturns(values) };
}

function countedTrial(trial: Trial): CountedTrial {
  const parts = sharpeParts(trial.logReturns.values.map(Math.expm1));
  return { ...trial, dailySharpe: parts?.dailySharpe ?? null };
}

function nameOf({ key, from, to }: TrialName): string {
  return `${key} ${from} ${to}`;
}

function isSame(one: CountedTrial, other: CountedTrial): boolean {
  if (one.key !== other.key || one.from !== other.from || one.to !== other.to) return false;
  const [days, otherDays] = [one.logReturns.values, other.logReturns.values];
  return days.length === otherDays.length && days.every((value, day) => value === otherDays[day]);
}

/** The mean correlation of trials over the days that all share; remembers that of the last ones. */
function createCorrelation(): (trials: readonly CountedTrial[]) => number | null {
  let last: { readonly trials: readonly CountedTrial[]; readonly value: number | null } | undefined;
  return (trials) => {
    const isKnown =
      last?.trials.length === trials.length && trials.every((one, at) => one === last?.trials[at]);
    if (last === undefined || !isKnown) {
      const withDays = trials.map(({ logReturns: days }) => days).filter(({ from }) => from !== null);
      const shared = withDays.length === 0 ? [] : (sharedDays(withDays)?.values ?? []);
      last = { trials, value: meanCorrelation(shared) };
    }
    return last.value;
  };
}

type OwnDays = Pick<CountedTrial, 'logReturns' | 'dailySharpe'>;
const knownDays = new WeakMap<DailyReturns, OwnDays>();

/** What a judged record itself adds to its trials; it is judged again whenever something else was tried. */
function ownDays(returns: DailyReturns): OwnDays {
  const before = knownDays.get(returns);
  if (before !== undefined) return before;
  const dailySharpe = sharpeParts(returns.values)?.dailySharpe ?? null;
  const own = { logReturns: logDays(returns), dailySharpe };
  knownDays.set(returns, own);
  return own;
}
