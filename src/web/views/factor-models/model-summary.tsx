import type { SymbolDetailAnswer } from '../../../http/factor-models/symbols/schema.ts';
import { Button } from '../../components/button.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { DefinitionList } from '../../components/values.tsx';
import { download } from '../../data/api.ts';
import { useCommand } from '../../data/use-command.ts';
import { count, NO_VALUE } from '../../format/numbers.ts';
import { ReadyBadge } from './model-badges.tsx';
import { modelPath } from './model-path.ts';

/** The properties of the XGBoost model of a group, and its download. */
export function ModelSummary({ one }: { readonly one: SymbolDetailAnswer }) {
  const { isBusy, error, run } = useCommand();
  const meta = 'num_trees' in one.model_meta ? one.model_meta : one.pickle_meta;
  const { model_name: name, symbol } = one;
  const parallel =
    (meta?.num_parallel_tree ?? 1) > 1 ? `, ${count(meta?.num_parallel_tree)} in parallel` : '';
  const downloadModel = () =>
    run(() => download(modelPath(name, 'model', symbol), 'application/json', `${name}-${symbol}.json`));
  return (
    <Panel
      title="Model"
      beside={<ReadyBadge isReady={one.grpc_ready} />}
      actions={
        one.grpc_ready && (
          <Button
            size="small"
            isBusy={isBusy}
            label="Download the model as JSON, with its metadata and inputs"
            onClick={() => void downloadModel()}
          >
            Download
          </Button>
        )
      }
    >
      <ErrorNotice error={error} />
      <DefinitionList
        rows={[
          ['Objective', meta?.objective ?? NO_VALUE],
          ['Booster', one.booster ?? NO_VALUE],
          ['Trees', `${count(meta?.num_trees)}${parallel}`],
          ['Used by predictions', useOf(one)],
          ['Saved by', one.saved_by ?? NO_VALUE],
          ['Inputs', count(meta?.feature_dim ?? one.feature_dim)],
          ['XGBoost', meta?.version.join('.') ?? NO_VALUE],
          ['Read from', sourceOf(one)],
        ]}
      />
    </Panel>
  );
}

/** The trees that predictions add up, and why not all (factor-models.md#36). */
function useOf({ trees, trees_used: used, best_iteration: best }: SymbolDetailAnswer): string {
  if (trees === null || used === null) return NO_VALUE;
  return used === trees ? 'all trees' : `${count(used)} trees, up to the best iteration ${best}`;
}

function sourceOf({ model_meta, pickle_meta, group_key, artifacts }: SymbolDetailAnswer): string {
  if ('num_trees' in model_meta) {
    return `${group_key}_model.${'model_json' in artifacts ? 'json' : 'ubj, converted to JSON'}`;
  }
  return pickle_meta === null ? 'no readable model' : `${group_key}_model.pkl, converted to JSON`;
}
