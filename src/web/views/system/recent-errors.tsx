import type { RecentErrorsAnswer } from '../../../http/recent-errors/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { type Column, numberColumn, textColumn, timeColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { ResourcePanel } from '../../components/panel.tsx';
import { useJson } from '../../data/resource.ts';
import { count, NO_VALUE } from '../../format/numbers.ts';

type RecentError = RecentErrorsAnswer['items'][number];

const REFRESH_MS = 10_000;

const COLUMNS: readonly Column<RecentError>[] = [
  timeColumn('Last time', ({ last_at }) => last_at, { show: 'both' }),
  {
    label: 'Error',
    cell: ({ level, text, code }) => (
      <p class="user-text sentence">
        <Badge tone={level === 'error' ? 'bad' : 'warn'}>{level === 'error' ? 'error' : 'warning'}</Badge>{' '}
        {text} {code !== null && <code class="muted">{code}</code>}
      </p>
    ),
  },
  textColumn('Source', ({ where }) => where, { isDesktopOnly: true }),
  numberColumn('Count', ({ times }) => times, count, { isDesktopOnly: true }),
  { label: 'Request', isDesktopOnly: true, cell: ({ request_id }) => <code>{request_id ?? NO_VALUE}</code> },
];

/** Errors and warnings since the service started. */
export function RecentErrors() {
  const errors = useJson<RecentErrorsAnswer>('/api/recent-errors', {
    reloadOn: ['package', 'replay', 'alert'],
    everyMs: REFRESH_MS,
  });
  return (
    <ResourcePanel
      title="Recent errors"
      beside={<span class="muted small">since the service started</span>}
      resource={errors}
      lines={4}
      flush
    >
      {({ items }) => (
        <DataTable
          caption="Recent errors"
          columns={COLUMNS}
          rows={items}
          rowKey={(one) => `${one.first_at} ${one.where} ${one.text}`}
          pageSize={20}
          empty={<EmptyState title="No errors">No errors or warnings since the service started.</EmptyState>}
        />
      )}
    </ResourcePanel>
  );
}
