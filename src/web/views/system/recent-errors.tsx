import type { RecentErrorsAnswer } from '../../../http/system/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { getJson } from '../../data/api.ts';
import { useResource } from '../../data/resource.ts';
import { count, NOTHING } from '../../format/numbers.ts';

type RecentError = RecentErrorsAnswer['items'][number];

const EVERY_MS = 10_000;

const COLUMNS: readonly Column<RecentError>[] = [
  {
    key: 'time',
    label: 'Last time',
    unit: 'UTC',
    value: ({ last_at }) => last_at,
    cell: ({ last_at }) => <Time at={last_at} show="both" />,
  },
  {
    key: 'text',
    label: 'What happened',
    cell: ({ level, text, code }) => (
      <p class="foreign sentence">
        <Badge tone={level === 'error' ? 'bad' : 'warn'}>{level === 'error' ? 'error' : 'warning'}</Badge>{' '}
        {text} {code !== null && <code class="soft">{code}</code>}
      </p>
    ),
  },
  {
    key: 'where',
    label: 'Where',
    isMinor: true,
    value: ({ where }) => where,
    cell: ({ where }) => <span class="foreign">{where}</span>,
  },
  {
    key: 'times',
    label: 'Times',
    isNumber: true,
    isMinor: true,
    value: ({ times }) => times,
    cell: ({ times }) => count(times),
  },
  {
    key: 'request',
    label: 'Request',
    isMinor: true,
    cell: ({ request_id }) => <code>{request_id ?? NOTHING}</code>,
  },
];

/** What was refused, and what went wrong, since the service started. */
export function RecentErrors() {
  const errors = useResource((signal) => getJson<RecentErrorsAnswer>('/api/recent-errors', { signal }), [], {
    reloadOn: ['package', 'replay', 'alert'],
    everyMs: EVERY_MS,
  });
  return (
    <Panel title="Recent errors" beside={<span class="soft small">since the service started</span>} flush>
      <Loaded of={errors} lines={4}>
        {({ items }) => (
          <DataTable
            caption="Recent errors"
            columns={COLUMNS}
            rows={items}
            rowKey={(one) => `${one.first_at} ${one.where} ${one.text}`}
            pageSize={20}
            empty={<EmptyState title="No errors">Nothing was refused and nothing went wrong.</EmptyState>}
          />
        )}
      </Loaded>
    </Panel>
  );
}
