import type { ComponentChildren } from 'preact';
import type { SymbolDetailAnswer } from '../../../http/factor-models/schema.ts';
import { Facts } from '../../components/figures.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { count, NOTHING } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';
import { dateText } from './date-text.ts';

/** What training wrote down of itself: periods, samples, how factors were chosen, its settings. */
export function TrainingFacts({ one }: { readonly one: SymbolDetailAnswer }) {
  const info = 'config' in one.info_summary ? (one.info_summary as Info) : undefined;
  if (info === undefined) {
    return (
      <Panel title="Training">
        <p class="soft">
          Nothing is known of it: <code class="foreign">{one.group_key}_info.pkl</code> is not there, or
          cannot be read.
        </p>
      </Panel>
    );
  }
  const settings = entriesOf(info.config);
  return (
    <Panel title="Training">
      <Facts
        rows={[
          ['Return', one.return_name ?? NOTHING],
          ['Trained', `${dateText(info.train_start_date)} to ${dateText(info.train_end_date)}`],
          [
            'Data window',
            <Window key="w" start={info.train_window_start_ts} end={info.train_window_end_ts} />,
          ],
          ['Samples', count(info.train_samples)],
          ['Took', duration(info.train_time_sec === null ? null : info.train_time_sec * 1000)],
          ['Factors', <FactorSteps key="f" info={info} />],
        ]}
      />
      {settings.length > 0 && (
        <>
          <h3>Settings</h3>
          <Facts rows={settings.map(([name, value]) => [name, textOf(value)])} />
        </>
      )}
    </Panel>
  );
}

interface WindowProps {
  readonly start: number | null;
  readonly end: number | null;
}

function Window({ start, end }: WindowProps) {
  if (start === null || end === null) return <>{NOTHING}</>;
  return (
    <>
      <Time at={start} /> to <Time at={end} /> UTC <span class="soft">({duration(end - start)})</span>
    </>
  );
}

type Info = Extract<SymbolDetailAnswer['info_summary'], { config: unknown }>;

/** How many there were at first, after the filter by IC, and in the end. */
function FactorSteps({ info }: { readonly info: Info }): ComponentChildren {
  const { original_factors_count, ic_filtered_count, final_factors_count } = info;
  return (
    <>
      {count(original_factors_count)} tried → {count(ic_filtered_count)} by IC → {count(final_factors_count)}{' '}
      used
    </>
  );
}

function entriesOf(config: unknown): [string, unknown][] {
  if (config === null || config === undefined) return [];
  return typeof config === 'object' && !Array.isArray(config) ? Object.entries(config) : [['config', config]];
}

/** A float32 that was meant to be 0.3 is written as 0.3. */
function textOf(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(7)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}
