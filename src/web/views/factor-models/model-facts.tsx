import type { SymbolDetailAnswer } from '../../../http/factor-models/schema.ts';
import { Button } from '../../components/button.tsx';
import { Facts } from '../../components/figures.tsx';
import { ErrorNote } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { download } from '../../data/api.ts';
import { useSubmit } from '../../data/use-submit.ts';
import { count, NOTHING } from '../../format/numbers.ts';
import { modelRoute } from './addresses.ts';
import { ReadyState } from './model-states.tsx';

/** What the model says of itself, and the model as a file. */
export function ModelFacts({ one }: { readonly one: SymbolDetailAnswer }) {
  const { isBusy, error, run } = useSubmit();
  const facts = 'num_trees' in one.model_meta ? one.model_meta : one.pickle_meta;
  const { model_name: name, symbol } = one;
  return (
    <Panel
      title="Model"
      beside={<ReadyState isReady={one.grpc_ready} />}
      actions={
        one.grpc_ready && (
          <Button
            size="small"
            isBusy={isBusy}
            label="Download the model as JSON, with its metadata and its inputs"
            onClick={() =>
              void run(() =>
                download(modelRoute(name, 'model', symbol), 'application/json', `${name}-${symbol}.json`),
              )
            }
          >
            Download
          </Button>
        )
      }
    >
      {error !== undefined && <ErrorNote error={error} />}
      <Facts
        rows={[
          ['Objective', facts?.objective ?? NOTHING],
          ['Booster', one.booster ?? NOTHING],
          [
            'Trees',
            facts === null
              ? NOTHING
              : `${count(facts.num_trees)}${facts.num_parallel_tree > 1 ? `, ${count(facts.num_parallel_tree)} in parallel` : ''}`,
          ],
          ['Inputs', count(facts?.feature_dim ?? one.feature_dim)],
          ['XGBoost', facts?.version.join('.') ?? NOTHING],
          ['Read from', sourceOf(one)],
        ]}
      />
    </Panel>
  );
}

function sourceOf({ model_meta, pickle_meta, group_key }: SymbolDetailAnswer): string {
  if ('num_trees' in model_meta) return `${group_key}_model.json`;
  return pickle_meta === null ? 'no model could be read' : `${group_key}_model.pkl, made JSON without Python`;
}
