import type { SymbolDetailAnswer } from '../../../http/factor-models/symbols/schema.ts';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { DefinitionList } from '../../components/values.tsx';
import { count, NO_VALUE, significant } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';
import { trainingDate } from './training-date.ts';

type TrainingInfo = Extract<SymbolDetailAnswer['info_summary'], { config: unknown }>;

/** The training info of a group: periods, samples, selection of factors, settings. */
export function TrainingSummary({ one }: { readonly one: SymbolDetailAnswer }) {
  if (!('config' in one.info_summary)) {
    return (
      <Panel title="Training">
        <p class="muted">
          Unknown: <code class="user-text">{one.group_key}_info.pkl</code> is missing or cannot be read.
        </p>
      </Panel>
    );
  }
  const info = one.info_summary as TrainingInfo;
  const settings = entriesOf(info.config);
  const factorCounts = [
    `${count(info.original_factors_count)} candidates`,
    `${count(info.ic_filtered_count)} after the IC filter`,
    `${count(info.final_factors_count)} used`,
  ];
  return (
    <Panel title="Training">
      <DefinitionList
        rows={[
          ['Return', one.return_name ?? NO_VALUE],
          ['Period', `${trainingDate(info.train_start_date)} to ${trainingDate(info.train_end_date)}`],
          ['Data window', <DataWindow key="window" info={info} />],
          ['Samples', count(info.train_samples)],
          ['Duration', duration(info.train_time_sec && info.train_time_sec * 1000)],
          ['Factors', factorCounts.join(' → ')],
        ]}
      />
      {settings.length > 0 && (
        <>
          <h3>Settings</h3>
          <DefinitionList rows={settings.map(([name, value]) => [name, formatSetting(value)])} />
        </>
      )}
    </Panel>
  );
}

function DataWindow({ info }: { readonly info: TrainingInfo }) {
  const { train_window_start_ts: start, train_window_end_ts: end } = info;
  if (start === null || end === null) return <>{NO_VALUE}</>;
  return (
    <>
      <Time at={start} /> to <Time at={end} /> UTC <span class="muted">({duration(end - start)})</span>
    </>
  );
}

function entriesOf(config: unknown): [string, unknown][] {
  if (config === null || config === undefined) return [];
  return typeof config === 'object' && !Array.isArray(config) ? Object.entries(config) : [['config', config]];
}

function formatSetting(value: unknown): string {
  if (typeof value === 'number') return significant(value, 7);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
