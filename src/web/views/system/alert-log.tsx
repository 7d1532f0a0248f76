import type { AlertsAnswer } from '../../../http/alerts/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { type Column, timeColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { ResourcePanel } from '../../components/panel.tsx';
import { StateBadge, type StateLabels } from '../../components/status-badges.tsx';
import { Time } from '../../components/time.tsx';
import { useJson } from '../../data/resource.ts';
import { counted } from '../../format/numbers.ts';

type Alert = AlertsAnswer['items'][number];

const MAX_ALERTS = 100;

const KINDS: StateLabels<Alert['kind']> = {
  ACCOUNT_KILLED: ['Account killed', 'bad'],
  MARKET_STALE: ['Market stale', 'bad'],
  MARKET_RECOVERED: ['Market recovered', 'good'],
  WARMUP_ERROR: ['Warm-up failed', 'bad'],
  WARMUP_RECOVERED: ['Warm-up recovered', 'good'],
  LOOP_SILENT: ['Loop silent', 'bad'],
  LOOP_RECOVERED: ['Loop recovered', 'good'],
  FEATURE_DRIFT: ['Features drift', 'warn'],
  FEATURE_RECOVERED: ['Features recovered', 'good'],
  DISK_LOW: ['Disk almost full', 'bad'],
  DISK_RECOVERED: ['Disk has room', 'good'],
};

const DELIVERIES: StateLabels<Exclude<Alert['delivery']['state'], 'off'>> = {
  delivered: ['delivered', 'good'],
  pending: ['pending', 'info'],
  'given up': ['given up', 'bad'],
};

const COLUMNS: readonly Column<Alert>[] = [
  timeColumn('Time', ({ created_at }) => created_at, { show: 'both' }),
  {
    label: 'Alert',
    value: ({ kind }) => kind,
    cell: ({ kind, text }) => (
      <p class="user-text sentence">
        <StateBadge labels={KINDS} state={kind} /> {text}
      </p>
    ),
  },
  {
    label: 'Delivery',
    value: ({ delivery }) => delivery.state,
    cell: ({ delivery }) => <Delivery delivery={delivery} />,
  },
];

function Delivery({ delivery }: { readonly delivery: Alert['delivery'] }) {
  const { state, attempts, next_attempt_at, last_status, last_error } = delivery;
  if (state === 'off') return <Badge detail="No webhook is set (ALERT_WEBHOOK_URL)">not sent</Badge>;
  return (
    <>
      <StateBadge labels={DELIVERIES} state={state} />
      {attempts > 0 && state !== 'delivered' && (
        <p class="small muted user-text">
          {counted(attempts, 'attempt')}
          {last_status !== null && `, status ${last_status}`}
          {last_error !== null && `, ${last_error}`}
          {next_attempt_at !== null && (
            <>
              , next <Time at={next_attempt_at} show="age" />
            </>
          )}
        </p>
      )}
    </>
  );
}

/** The newest alerts and their delivery. */
export function AlertLog() {
  const alerts = useJson<AlertsAnswer>(`/alerts?limit=${MAX_ALERTS}`, { reloadOn: ['alert'] });
  return (
    <ResourcePanel title="Alerts" resource={alerts} lines={4} flush>
      {({ items }) => (
        <DataTable
          caption="Alerts"
          columns={COLUMNS}
          rows={items}
          rowKey={({ id }) => id}
          pageSize={20}
          empty={
            <EmptyState title="No alerts yet">
              Alerts report a killed account, a stale market, a failed warm-up, a silent loop and drifting
              features. Set <code>ALERT_WEBHOOK_URL</code> to send them to a webhook as well.
            </EmptyState>
          }
        />
      )}
    </ResourcePanel>
  );
}
