import type { SystemAnswer } from '../../../http/system/schema.ts';
import { Badge, type Tone } from '../../components/badge.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Time } from '../../components/time.tsx';
import { addressOf } from '../../data/selected-package.ts';
import { count } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';

type Account = SystemAnswer['accounts'][number];

const STATUS_TONES: Record<Account['status'], Tone> = { ACTIVE: 'good', PAUSED: 'warn', KILLED: 'bad' };
const STATUS_WORDS: Record<Account['status'], string> = {
  ACTIVE: 'Active',
  PAUSED: 'Paused',
  KILLED: 'Killed',
};
const LOOP_TONES: Record<Account['loop'], Tone> = { polling: 'good', silent: 'bad', none: 'plain' };
const LOOP_WORDS: Record<Account['loop'], string> = { polling: 'polls', silent: 'silent', none: 'no loop' };

const COLUMNS: readonly Column<Account>[] = [
  {
    key: 'account',
    label: 'Account',
    value: ({ model_id }) => model_id,
    cell: ({ model_id, model_package_id }) =>
      model_package_id === null ? (
        <span class="name">{model_id}</span>
      ) : (
        <a class="name" href={addressOf('/', { model: model_package_id })}>
          {model_id}
        </a>
      ),
  },
  {
    key: 'status',
    label: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) => <Badge tone={STATUS_TONES[status]}>{STATUS_WORDS[status]}</Badge>,
  },
  {
    key: 'loop',
    label: 'Loop',
    value: ({ loop }) => loop,
    cell: ({ loop }) => <Badge tone={LOOP_TONES[loop]}>{LOOP_WORDS[loop]}</Badge>,
  },
  {
    key: 'last',
    label: 'Last poll',
    value: ({ last_poll_at }) => last_poll_at,
    cell: ({ last_poll_at }) => (last_poll_at === null ? 'never' : <Time at={last_poll_at} show="age" />),
  },
  {
    key: 'interval',
    label: 'Every',
    isNumber: true,
    isMinor: true,
    value: ({ poll_interval_seconds }) => poll_interval_seconds,
    cell: ({ poll_interval_seconds: seconds }) => duration(seconds === null ? null : seconds * 1000),
  },
  {
    key: 'lots',
    label: 'Lots',
    isNumber: true,
    isMinor: true,
    value: (one) => one.open_positions_count,
    cell: (one) => count(one.open_positions_count),
  },
];

/** Who polls which account, and when they did last. */
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
          An account is made when its package is first asked for: open its desk, or start{' '}
          <code>npm run loop</code>.
        </EmptyState>
      }
    />
  );
}
