import { counted } from '../../format/numbers.ts';
import { DAY_MS, duration, isoDay, utcMinute } from '../../format/time.ts';
import { groupBy } from '../../group-by.ts';
import type { ComparedAccount } from './compared-account.ts';

/** Finished replays of one symbol and range: only these can be compared. */
export interface ReplayGroup {
  readonly key: string;
  readonly title: string;
  readonly accounts: readonly ComparedAccount[];
}

/** The replays by symbol and range, the newest group first. */
export function replayGroupsOf(accounts: readonly ComparedAccount[]): readonly ReplayGroup[] {
  const groups = groupBy(accounts, ({ symbol, replay }) => `${symbol} ${replay?.from} ${replay?.to}`);
  return Array.from(groups, ([key, members]) => ({
    key,
    title: titleOf(members[0]!, members.length),
    accounts: members,
  }));
}

/** The group that an address names by a replay, its range, or packages that it has all of; else the newest. */
export function namedGroup(
  groups: readonly ReplayGroup[],
  { range, of, packages }: Readonly<Record<string, string | undefined>>,
): ReplayGroup | undefined {
  const [first] = of?.split(',') ?? [];
  return (
    groups.find(({ accounts }) => accounts.some(({ key }) => key === first)) ??
    groups.find(({ key }) => key === range) ??
    groups.find(({ accounts }) => hasAll(accounts, packages?.split(','))) ??
    groups[0]
  );
}

function hasAll(accounts: ReplayGroup['accounts'], packages: readonly string[] | undefined): boolean {
  return packages?.every((id) => accounts.some((one) => one.model_package_id === id)) ?? false;
}

function titleOf({ symbol, replay }: ComparedAccount, members: number): string {
  const [from, to] = [Date.parse(replay!.from), Date.parse(replay!.to)];
  const isWholeDays = from % DAY_MS === 0 && to % DAY_MS === 0;
  const range = isWholeDays
    ? `${isoDay(from)} to ${isoDay(to - DAY_MS)} (${counted((to - from) / DAY_MS, 'day')})`
    : `${utcMinute(from)} to ${utcMinute(to)} (${duration(to - from)})`;
  return `${symbol}, ${range}, ${counted(members, 'replay')}`;
}
