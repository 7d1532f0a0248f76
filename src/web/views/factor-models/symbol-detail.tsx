import { useLocation } from 'preact-iso/router';
import type { SymbolDetailAnswer, SymbolsAnswer } from '../../../http/factor-models/schema.ts';
import { Figure } from '../../components/figures.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { ViewHead } from '../../components/view-head.tsx';
import { count } from '../../format/numbers.ts';
import { listAddress, modelAddress, modelRoute, symbolAddress } from './addresses.ts';
import { ArtifactsTable } from './artifacts-table.tsx';
import { IcPanel } from './ic-panel.tsx';
import { icRows } from './ic-rows.ts';
import { InputsTable } from './inputs-table.tsx';
import { ModelFacts } from './model-facts.tsx';
import { PredictPanel } from './predict-panel.tsx';
import { tau } from './tau.ts';
import { TrainingFacts } from './training-facts.tsx';
import { UnknownModel } from './unknown-model.tsx';
import { useAddress, useModelPart } from './use-model.ts';
import { Warnings } from './warnings.tsx';

interface SymbolDetailProps {
  readonly name: string;
  readonly symbol: string;
}

/** One symbol of a model: how its factors correlate with the return, its inputs, its training and its files. */
export function SymbolDetail({ name, symbol }: SymbolDetailProps) {
  const { query } = useLocation();
  const chosen = query.group === undefined ? '' : `?group_key=${encodeURIComponent(query.group)}`;
  const detail = useAddress<SymbolDetailAnswer>(name, `${modelRoute(name, 'symbols', symbol)}${chosen}`);
  const all = useModelPart<SymbolsAnswer>(name, 'symbols');
  if (detail.error.value?.code === 'FACTOR_MODEL_NOT_FOUND') return <UnknownModel name={name} />;
  return (
    <>
      <ViewHead
        title={symbol}
        detail={
          <span class="model-line">
            <a href={listAddress(query)}>All factor models</a>
            <a class="foreign" href={modelAddress(name, query)}>
              {name}
            </a>
            <GroupChoice
              name={name}
              group={detail.data.value?.group_key}
              groups={all.data.value?.items ?? []}
            />
          </span>
        }
      />
      <Loaded of={detail} lines={14}>
        {(one) => <Detail one={one} />}
      </Loaded>
    </>
  );
}

interface GroupChoiceProps {
  readonly name: string;
  readonly group: string | undefined;
  readonly groups: SymbolsAnswer['items'];
}

/** Goes from group to group of a model, without the way over its list. */
function GroupChoice({ name, group, groups }: GroupChoiceProps) {
  const { query, route } = useLocation();
  if (groups.length < 2) return <span class="path">{group}</span>;
  return (
    <label class="group-choice">
      <span class="visually-hidden">Group</span>
      <select
        value={group}
        onChange={({ currentTarget }) => {
          const chosen = groups.find(({ group_key }) => group_key === currentTarget.value);
          if (chosen !== undefined) route(symbolAddress(name, chosen.symbol, query, chosen.group_key));
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
  const known = rows.flatMap((row) => row.tau ?? []);
  const meanSize = known.reduce((sum, value) => sum + Math.abs(value), 0) / known.length;
  const facts = 'num_trees' in one.model_meta ? one.model_meta : one.pickle_meta;
  return (
    <>
      <dl class="figures model-figures">
        <Figure name="Inputs">{count(one.feature_dim)}</Figure>
        <Figure name="Factors with an IC">{count(known.length)}</Figure>
        <Figure name="Mean size of tau">{tau(meanSize).replace('+', '')}</Figure>
        <Figure name="Trees">{count(facts?.num_trees)}</Figure>
        <Figure name="Samples trained on">{count(one.train_samples)}</Figure>
        <Figure name="Last scan">
          <Time at={one.scanned_at} show="age" />
        </Figure>
      </dl>
      <Warnings sentences={one.warnings} />
      <div class="symbol-columns">
        <div class="stack">
          <IcPanel rows={rows} returnName={one.return_name} />
          <InputsTable one={one} />
        </div>
        <div class="stack">
          <ModelFacts one={one} />
          <TrainingFacts one={one} />
          <Panel title="Files" beside={<span class="path">{folderOf(one)}</span>} flush>
            <ArtifactsTable artifacts={one.artifacts} />
          </Panel>
          <PredictPanel one={one} />
        </div>
      </div>
    </>
  );
}

/** Where the files of the group lie: all in one folder. */
function folderOf({ artifacts }: SymbolDetailAnswer): string | undefined {
  const [first] = Object.values(artifacts);
  return first?.path.slice(0, first.path.lastIndexOf('/'));
}
