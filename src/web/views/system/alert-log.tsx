import type { AlertsAnswer } from '../../../http/alerts/schema.ts';
import { Badge, type Tone } from '../../components/badge.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { getJson } from '../../data/api.ts';
import { useResource } from '../../data/resource.ts';
import { count } from '../../format/numbers.ts';

type Alert = AlertsAnswer['items'][number];

const SHOWN = 100;

const KIND_TONES: Record<Alert['kind'], Tone> = {
  ACCOUNT_KILLED: 'bad',
  MARKET_STALE: 'bad',
  MARKET_RECOVERED: 'good',
  WARMUP_ERROR: 'bad',
  WARMUP_RECOVERED: 'good',
  LOOP_SILENT: 'bad',
  LOOP_RECOVERED: 'good',
};
const KIND_WORDS: Record<Alert['kind'], string> = {
  ACCOUNT_KILLED: 'Account killed',
  MARKET_STALE: 'Market stale',
  MARKET_RECOVERED: 'Market is back',
  WARMUP_ERROR: 'Warm-up failed',
  WARMUP_RECOVERED: 'Warm-up works',
  LOOP_SILENT: 'Loop silent',
  LOOP_RECOVERED: 'Loop is back',
};
const DELIVERY_TONES: Record<Alert['delivery']['state'], Tone> = {
  delivered: 'good',
  pending: 'info',
  'given up': 'bad',
  off: 'plain',
};

const COLUMNS: readonly Column<Alert>[] = [
  {
    key: 'time',
    label: 'Time',
    unit: 'UTC',
    value: ({ created_at }) => created_at,
    cell: ({ created_at }) => <Time at={created_at} show="both" />,
  },
  {
    key: 'text',
    label: 'What was told',
    value: ({ kind }) => kind,
    cell: ({ kind, text }) => (
      <p class="foreign sentence">
        <Badge tone={KIND_TONES[kind]} detail={kind}>
          {KIND_WORDS[kind]}
        </Badge>{' '}
        {text}
      </p>
    ),
  },
  {
    key: 'delivery',
    label: 'Delivery',
    value: ({ delivery }) => delivery.state,
    cell: ({ delivery }) => <Delivery delivery={delivery} />,
  },
];

function Delivery({ delivery }: { readonly delivery: Alert['delivery'] }) {
  const { state, attempts, next_attempt_at, last_status, last_error } = delivery;
  return (
    <>
      <Badge
        tone={DELIVERY_TONES[state]}
        detail={state === 'off' ? 'No receiver was set (ALERT_WEBHOOK_URL)' : undefined}
      >
        {state === 'off' ? 'not sent' : state}
      </Badge>
      {attempts > 0 && state !== 'delivered' && (
        <p class="small soft foreign">
          {count(attempts)} {attempts === 1 ? 'attempt' : 'attempts'}
          {last_status !== null && `, answered ${last_status}`}
          {last_error !== null && `, ${last_error}`}
          {next_attempt_at !== null && (
            <>
              , again <Time at={next_attempt_at} show="age" />
            </>
          )}
        </p>
      )}
    </>
  );
}

/** What the operator was told, and whether it arrived. */
export function AlertLog() {
  const alerts = useResource((signal) => getJson<AlertsAnswer>(`/alerts?limit=${SHOWN}`, { signal }), [], {
    reloadOn: ['alert'],
  });
  return (
    <Panel title="Alerts" flush>
      <Loaded of={alerts} lines={4}>
        {({ items }) => (
          <DataTable
            caption="Alerts"
            columns={COLUMNS}
            rows={items}
            rowKey={({ id }) => id}
            pageSize={20}
            empty={
              <EmptyState title="No alerts yet">
                You are told here of a killed account, a stale market, a failed warm-up and a silent loop; set{' '}
                <code>ALERT_WEBHOOK_URL</code> to be told elsewhere too.
              </EmptyState>
            }
          />
        )}
      </Loaded>
    </Panel>
  );
}
