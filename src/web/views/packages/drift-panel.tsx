import type { PackageDriftAnswer } from '../../../http/packages/drift-schema.ts';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { type Column, numberColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ResourcePanel } from '../../components/panel.tsx';
import { StateBadge, type StateLabels } from '../../components/status-badges.tsx';
import { useJson } from '../../data/resource.ts';
import { withSegments } from '../../data/urls.ts';
import { counted, fixed, oneDecimal, percent, signed } from '../../format/numbers.ts';

type FeatureAnswer = PackageDriftAnswer['features'][number];

const DRIFT_STATE: StateLabels<NonNullable<FeatureAnswer['state']>> = {
  BROKEN: ['Broken', 'bad'],
  DRIFT: ['Drift', 'warn'],
};

/** Whether what a package reads still looks like what it was trained on (statistics.md#89). */
export function DriftPanel({ one: { id, status } }: { readonly one: ModelPackageAnswer }) {
  const drift = useJson<PackageDriftAnswer>(withSegments('/model-packages', id, 'drift'), {
    reloadOn: ['package'],
    isRelevant: ({ data }) => data.id === id && data.removed !== true,
  });
  return (
    <ResourcePanel
      title="Is the model still in its world?"
      beside={<Verdict drift={drift.data.value} />}
      resource={drift}
      lines={2}
    >
      {({ day, features }) => {
        const on = features.filter(({ state }) => state !== null);
        return (
          <div class="stack">
            {on.length === 0 ? (
              <p>{quietSentence(day, features.length, status)}</p>
            ) : (
              <ul class="drift-sentences">
                {on.map(({ feature, state, sentence }) => (
                  <li key={feature}>
                    {state !== null && <StateBadge labels={DRIFT_STATE} state={state} />}{' '}
                    <span class="user-text">{sentence}</span>
                  </li>
                ))}
              </ul>
            )}
            {features.length > 0 && <Figures features={features} day={day} />}
          </div>
        );
      }}
    </ResourcePanel>
  );
}

function Verdict({ drift }: { readonly drift: PackageDriftAnswer | undefined }) {
  if (drift === undefined || drift.day === null) return null;
  const on = drift.features.filter(({ state }) => state !== null);
  if (on.length === 0) return <Badge tone="good">No alert</Badge>;
  const tone = on.some(({ state }) => state === 'BROKEN') ? 'bad' : 'warn';
  return <Badge tone={tone}>{`${on.length} of ${counted(drift.features.length, 'feature')} on alert`}</Badge>;
}

function quietSentence(day: string | null, features: number, status: ModelPackageAnswer['status']): string {
  if (status === 'ARCHIVED') return 'Features of an archived package are not watched.';
  if (day === null) return 'Not known yet: features are compared with training after each whole UTC day.';
  return `No alert: none of its ${counted(features, 'feature')} has left the range of training for long. Checked until ${day}.`;
}

const BASE_COLUMNS: readonly Column<FeatureAnswer>[] = [
  { label: 'Feature', value: ({ feature }) => feature, cell: ({ feature }) => <code>{feature}</code> },
  numberColumn('Week', ({ week }) => week?.z, deviations),
  numberColumn('Day', ({ day }) => day.z, deviations),
  numberColumn(
    'Spread',
    ({ week, day }) => (week ?? day).ratio,
    (value) => fixed(value),
    {
      isDesktopOnly: true,
    },
  ),
  numberColumn(
    'Beyond 3',
    ({ week, day }) => (week ?? day).beyond3,
    (value) => percent(value === null || value === undefined ? value : 100 * value, 0),
    { isDesktopOnly: true },
  ),
];

const STABILITY_COLUMNS: readonly Column<FeatureAnswer>[] = [
  numberColumn(
    'PSI, 7 days',
    (one) => one.psi_7_days,
    (value) => fixed(value),
    { isDesktopOnly: true },
  ),
  numberColumn(
    'PSI, 28 days',
    (one) => one.psi_28_days,
    (value) => fixed(value),
    { isDesktopOnly: true },
  ),
];

function deviations(value: number | null | undefined): string {
  return signed(value, oneDecimal);
}

function Figures({ features, day }: Pick<PackageDriftAnswer, 'features' | 'day'>) {
  const hasStability = features.some(({ withheld }) => withheld.psi_7_days !== 'NO_QUANTILES');
  return (
    <details class="manifest">
      <summary>Figures of {counted(features.length, 'feature')}</summary>
      <p class="muted small drift-hint">
        Until {day}. Week and day: distance of the mean from that of training, in deviations of training.
        Spread: deviation, 1 as in training. Beyond 3: share of values more than 3 deviations away.
        {hasStability && ' PSI compares the shares of values with those of training; it raises no alert.'}
      </p>
      <DataTable
        caption="Features against the range of training"
        columns={hasStability ? [...BASE_COLUMNS, ...STABILITY_COLUMNS] : BASE_COLUMNS}
        rows={features}
        rowKey={({ feature }) => feature}
        pageSize={10}
        empty={null}
      />
    </details>
  );
}
