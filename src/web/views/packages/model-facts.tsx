import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { Facts } from '../../components/figures.tsx';
import { count, NOTHING } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';

const QUARTER_MS = 15 * 60_000;

/** What the manifest and the files say of the models, and the whole manifest on demand. */
export function ModelFacts({ manifest }: { readonly manifest: ModelPackageAnswer['manifest'] }) {
  const text = (field: string) => {
    const value = manifest[field];
    if (Array.isArray(value)) return value.join(' / ');
    return typeof value === 'number' ? count(value) : typeof value === 'string' ? value : NOTHING;
  };
  const steps = (field: string) => {
    const value = manifest[field];
    return typeof value === 'number' ? `${count(value)} steps (${duration(value * QUARTER_MS)})` : NOTHING;
  };
  const features = Array.isArray(manifest.feature_order) ? manifest.feature_order.length : undefined;
  return (
    <>
      <h3>Forecaster</h3>
      <Facts
        rows={[
          ['Symbol', text('symbol')],
          ['Parameters', text('parameters')],
          ['Looks back', `${steps('lookback_steps')}, ${count(features)} features`],
          ['Looks ahead', steps('forecast_horizon_steps')],
          ['Quantiles', text('forecast_quantiles')],
          ['PatchTST', `d_model ${text('d_model')}, ${text('layers')} layers, ${text('n_heads')} heads`],
          ['Patches', `${text('patch_len')} long, stride ${text('stride')}`],
          ['Scaler', manifest.scaler_source === 'package' ? 'its own' : 'the one that comes with paperdesk'],
        ]}
      />
      <h3>Policy</h3>
      <Facts
        rows={[
          ['Layers', `${text('policy_layers')}, ${text('policy_activation')}`],
          ['Observes', `${text('observation_size')} values`],
          ['Answers', `${text('action_size')} values`],
        ]}
      />
      <details class="manifest">
        <summary>Whole manifest</summary>
        <pre class="foreign">{JSON.stringify(manifest, null, 2)}</pre>
      </details>
    </>
  );
}
