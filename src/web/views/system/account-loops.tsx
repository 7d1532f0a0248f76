import type { SystemAnswer } from '../../../http/system/schema.ts';
import { type Column, linkColumn, numberColumn, stateColumn, timeColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { ACCOUNT_STATUS, LOOP_STATE } from '../../components/status-badges.tsx';
import { lastPollOf } from '../../data/last-poll.ts';
import { count } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';
import { deskAddress } from '../../views.ts';

type Account = SystemAnswer['accounts'][number];

const COLUMNS: readonly Column<Account>[] = [
  linkColumn(
    'Account',
    ({ model_id }) => model_id,
    ({ model_package_id: packageId }) => (packageId === null ? undefined : deskAddress(packageId)),
  ),
  stateColumn('Status', ({ status }) => status, ACCOUNT_STATUS),
  stateColumn('Loop', ({ loop }) => loop, LOOP_STATE),
  timeColumn('Last poll', lastPollOf, { show: 'age', missing: 'never' }),
  numberColumn('Interval', ({ poll_interval_seconds: seconds }) => seconds && seconds * 1000, duration, {
    isDesktopOnly: true,
  }),
  numberColumn('Lots', (one) => one.open_positions_count, count, { isDesktopOnly: true }),
];

/** The accounts and when their loops last polled them. */
export function AccountLoops({ accounts }: { readonly accounts: readonly Account[] }) {
  return (
    <DataTable
      caption="Accounts and their loops"
      columns={COLUMNS}
      rows={accounts}
      rowKey={({ model_id }) => model_id}
      pageSize={20}
      empty={
        <EmptyState title="No account yet">
          An account is created on first use: open the desk of a package, or run <code>paperdesk loop</code>.
        </EmptyState>
      }
    />
  );
}
