import { useLocation } from 'preact-iso/router';
import type { SymbolDetailAnswer, SymbolsAnswer } from '../../../http/factor-models/symbols/schema.ts';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { Metric } from '../../components/values.tsx';
import { ViewHeader } from '../../components/view-header.tsx';
import { WhenLoaded } from '../../components/when-loaded.tsx';
import { withQuery } from '../../data/urls.ts';
import { count } from '../../format/numbers.ts';
import { factorModelAddress, factorModelsAddress, factorSymbolAddress } from '../../views.ts';
import { ArtifactsTable } from './artifacts-table.tsx';
import { IcPanel } from './ic-panel.tsx';
import { icRows } from './ic-rows.ts';
import { InputsTable } from './inputs-table.tsx';
import { modelPath } from './model-path.ts';
import { ModelSummary } from './model-summary.tsx';
import { PredictPanel } from './predict-panel.tsx';
import { formatTauSize } from './tau.ts';
import { TrainingSummary } from './training-summary.tsx';
import { UnknownModel } from './unknown-model.tsx';
import { useModelJson, useModelPath } from './use-factor-models.ts';
import { Warnings } from './warnings.tsx';

interface SymbolDetailProps {
  readonly name: string;
  readonly symbol: string;
}

/** One symbol of a factor model: its coefficients, inputs, training and files. */
export function SymbolDetail({ name, symbol }: SymbolDetailProps) {
  const { query } = useLocation();
  const path = withQuery(modelPath(name, 'symbols', symbol), { group_key: query.group });
  const detail = useModelPath<SymbolDetailAnswer>(name, path);
  const symbols = useModelJson<SymbolsAnswer>(name, 'symbols');
  if (detail.error.value?.code === 'FACTOR_MODEL_NOT_FOUND') return <UnknownModel name={name} />;
  return (
    <>
      <ViewHeader
        title={symbol}
        detail={
          <span class="row header-details">
            <a href={factorModelsAddress(query)}>All factor models</a>
            <a class="user-text" href={factorModelAddress(name, query)}>
              {name}
            </a>
            <GroupSelect
              name={name}
              selected={detail.data.value?.group_key}
              groups={symbols.data.value?.items ?? []}
            />
          </span>
        }
      />
      <WhenLoaded resource={detail} lines={14}>
        {(one) => <Detail one={one} />}
      </WhenLoaded>
    </>
  );
}

interface GroupSelectProps {
  readonly name: string;
  readonly selected: string | undefined;
  readonly groups: SymbolsAnswer['items'];
}

/** Selects another group of the model. */
function GroupSelect({ name, selected, groups }: GroupSelectProps) {
  const { query, route } = useLocation();
  if (groups.length < 2) return <span class="path">{selected}</span>;
  return (
    <label class="group-select">
      <span class="visually-hidden">Group</span>
      <select
        value={selected}
        onChange={({ currentTarget }) => {
          const group = groups.find(({ group_key }) => group_key === currentTarget.value);
          if (group !== undefined) route(factorSymbolAddress(name, group.symbol, query, group.group_key));
        }}
      >
        {groups.map(({ group_key }) => (
          <option key={group_key} value={group_key}>
            {group_key}
          </option>
        ))}
      </select>
    </label>
  );
}

function Detail({ one }: { readonly one: SymbolDetailAnswer }) {
  const rows = icRows(one);
  const taus = rows.flatMap(({ tau }) => tau ?? []);
  const meanSize = taus.reduce((sum, tau) => sum + Math.abs(tau), 0) / taus.length;
  const meta = 'num_trees' in one.model_meta ? one.model_meta : one.pickle_meta;
  return (
    <>
      <dl class="metrics model-metrics">
        <Metric name="Inputs" value={count(one.feature_dim)} />
        <Metric name="Factors with IC" value={count(taus.length)} />
        <Metric name="Mean |tau|" value={formatTauSize(meanSize)} />
        <Metric name="Trees" value={count(meta?.num_trees)} />
        <Metric name="Training samples" value={count(one.train_samples)} />
        <Metric name="Last scan" value={<Time at={one.scanned_at} show="age" />} />
      </dl>
      <Warnings sentences={one.warnings} />
      <div class="symbol-columns">
        <div class="stack">
          <IcPanel rows={rows} returnName={one.return_name} />
          <InputsTable one={one} />
        </div>
        <div class="stack">
          <ModelSummary one={one} />
          <TrainingSummary one={one} />
          <Panel title="Files" beside={<span class="path">{folderOf(one)}</span>} flush>
            <ArtifactsTable artifacts={one.artifacts} />
          </Panel>
          <PredictPanel one={one} />
        </div>
      </div>
    </>
  );
}

/** The folder of the group's files (factor-models.md#3). */
function folderOf({ artifacts }: SymbolDetailAnswer): string | undefined {
  const [first] = Object.values(artifacts);
  return first?.path.slice(0, first.path.lastIndexOf('/'));
}
