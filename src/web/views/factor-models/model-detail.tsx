import { useLocation } from 'preact-iso/router';
import type { FactorChangesAnswer } from '../../../http/factor-models/schema.ts';
import type { SymbolsAnswer } from '../../../http/factor-models/symbols/schema.ts';
import { ErrorNotice } from '../../components/messages.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { Time } from '../../components/time.tsx';
import { Metric } from '../../components/values.tsx';
import { ViewHeader } from '../../components/view-header.tsx';
import { WhenLoaded } from '../../components/when-loaded.tsx';
import { count } from '../../format/numbers.ts';
import { factorModelAddress, factorModelsAddress } from '../../views.ts';
import { FactorUses } from './factor-uses.tsx';
import { WatchBadge } from './model-badges.tsx';
import { ModelButtons, useModelCommands } from './model-commands.tsx';
import { ScanChanges } from './scan-changes.tsx';
import { SymbolsTable } from './symbols-table.tsx';
import { UnknownModel } from './unknown-model.tsx';
import { type FactorModel, useFactorModels, useModelJson } from './use-factor-models.ts';
import { Warnings } from './warnings.tsx';

/** One factor model: its symbols, its factors, and the changes of its directory. */
export function ModelDetail({ name }: { readonly name: string }) {
  const models = useFactorModels();
  return (
    <WhenLoaded resource={models} lines={12}>
      {({ items }) => {
        const found = items.find((one) => one.model_name === name);
        return found === undefined ? <UnknownModel name={name} /> : <Detail one={found} />;
      }}
    </WhenLoaded>
  );
}

const TABS = ['symbols', 'factors', 'changes'] as const;

function Detail({ one }: { readonly one: FactorModel }) {
  const { query, route } = useLocation();
  const name = one.model_name;
  const commands = useModelCommands(one);
  const symbols = useModelJson<SymbolsAnswer>(name, 'symbols');
  const changes = useModelJson<FactorChangesAnswer>(name, 'changes');
  const scans = changes.data.value?.items;
  const selected = TABS.find((tab) => tab === query.tab) ?? 'symbols';
  return (
    <>
      <ViewHeader
        title={name}
        detail={
          <span class="row header-details">
            <a href={factorModelsAddress(query)}>All factor models</a>
            <span class="path">{one.root_path}</span>
            <WatchBadge isWatched={one.watched} />
          </span>
        }
        actions={<ModelButtons commands={commands} />}
      />
      <ErrorNotice error={commands.error} />
      <dl class="metrics model-metrics">
        <Metric name="Symbols" value={count(one.symbol_count)} />
        <Metric name="Factors" value={count(one.factor_count)} />
        <Metric name="Warnings" value={count(one.warnings.length)} />
        <Metric name="Last scan" value={<Time at={one.scanned_at} show="age" />} />
        <Metric
          name="Last change"
          value={<Time at={scans?.[0]?.scanned_at} show="age" missing={scans && 'none yet'} />}
        />
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
          onSelect={(tab) =>
            route(factorModelAddress(name, query, tab === 'symbols' ? undefined : tab), true)
          }
        >
          {selected === 'symbols' && (
            <WhenLoaded resource={symbols}>
              {({ items }) => <SymbolsTable name={name} groups={items} scans={scans} />}
            </WhenLoaded>
          )}
          {selected === 'factors' && <FactorUses name={name} />}
          {selected === 'changes' && (
            <WhenLoaded resource={changes}>
              {({ items }) => <ScanChanges name={name} scans={items} />}
            </WhenLoaded>
          )}
        </Tabs>
      </div>
    </>
  );
}
