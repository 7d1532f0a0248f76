import { useLocation } from 'preact-iso/router';
import type { FactorChangesAnswer, SymbolsAnswer } from '../../../http/factor-models/schema.ts';
import { Figure } from '../../components/figures.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { ErrorNote } from '../../components/notes.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { Time } from '../../components/time.tsx';
import { ViewHead } from '../../components/view-head.tsx';
import { count } from '../../format/numbers.ts';
import { listAddress, modelAddress } from './addresses.ts';
import { FactorUses } from './factor-uses.tsx';
import { ModelActions, useModelActions } from './model-actions.tsx';
import { WatchState } from './model-states.tsx';
import { ScanChanges } from './scan-changes.tsx';
import { SymbolsTable } from './symbols-table.tsx';
import { UnknownModel } from './unknown-model.tsx';
import { type FactorModel, useModelPart, useModels } from './use-model.ts';
import { Warnings } from './warnings.tsx';

/** One registered directory: its symbols, its factors, and what changed in it. */
export function ModelDetail({ name }: { readonly name: string }) {
  const models = useModels();
  return (
    <Loaded of={models} lines={12}>
      {({ items }) => {
        const found = items.find((one) => one.model_name === name);
        return found === undefined ? <UnknownModel name={name} /> : <Detail one={found} />;
      }}
    </Loaded>
  );
}

const TABS = ['symbols', 'factors', 'changes'] as const;

function Detail({ one }: { readonly one: FactorModel }) {
  const { query, route } = useLocation();
  const name = one.model_name;
  const actions = useModelActions(one);
  const symbols = useModelPart<SymbolsAnswer>(name, 'symbols');
  const changes = useModelPart<FactorChangesAnswer>(name, 'changes');
  const scans = changes.data.value?.items;
  const selected = TABS.find((tab) => tab === query.tab) ?? 'symbols';
  return (
    <>
      <ViewHead
        title={name}
        detail={
          <span class="model-line">
            <a href={listAddress(query)}>All factor models</a>
            <span class="path">{one.root_path}</span>
            <WatchState isWatched={one.watched} />
          </span>
        }
        actions={<ModelActions actions={actions} />}
      />
      {actions.error !== undefined && <ErrorNote error={actions.error} />}
      <dl class="figures model-figures">
        <Figure name="Symbols">{count(one.symbol_count)}</Figure>
        <Figure name="Factors">{count(one.factor_count)}</Figure>
        <Figure name="Warnings">{count(one.warnings.length)}</Figure>
        <Figure name="Last scan">
          <Time at={one.scanned_at} show="age" />
        </Figure>
        <Figure name="Last change">
          {scans?.length === 0 ? 'none yet' : <Time at={scans?.[0]?.scanned_at} show="age" />}
        </Figure>
      </dl>
      <Warnings sentences={one.warnings} />
      <div class="panel">
        <Tabs
          label="Contents"
          tabs={[
            { id: 'symbols', label: `Symbols (${count(one.symbol_count)})` },
            { id: 'factors', label: `Factors (${count(one.factor_count)})` },
            { id: 'changes', label: `Changes (${count(scans?.length)})` },
          ]}
          selected={selected}
          onSelect={(tab) => route(modelAddress(name, query, tab === 'symbols' ? undefined : tab), true)}
        >
          {selected === 'symbols' && (
            <Loaded of={symbols}>
              {({ items }) => <SymbolsTable name={name} groups={items} scans={scans} />}
            </Loaded>
          )}
          {selected === 'factors' && <FactorUses name={name} />}
          {selected === 'changes' && (
            <Loaded of={changes}>{({ items }) => <ScanChanges name={name} scans={items} />}</Loaded>
          )}
        </Tabs>
      </div>
    </>
  );
}
