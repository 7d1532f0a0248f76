import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { DefinitionList } from '../../components/values.tsx';
import { count, NO_VALUE } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';
import { DECISION_CANDLE_MS } from '../../service-rules.ts';

/** The forecaster and the policy as the manifest describes them, and the manifest itself. */
export function ManifestSummary({ manifest }: Pick<ModelPackageAnswer, 'manifest'>) {
  const text = (field: string) => {
    const value = manifest[field];
    if (Array.isArray(value)) return value.join(' / ');
    return typeof value === 'number' ? count(value) : typeof value === 'string' ? value : NO_VALUE;
  };
  const steps = (field: string) => {
    const value = manifest[field];
    if (typeof value !== 'number') return NO_VALUE;
    return `${count(value)} candles (${duration(value * DECISION_CANDLE_MS)})`;
  };
  const features = Array.isArray(manifest.feature_order) ? manifest.feature_order.length : undefined;
  return (
    <>
      <h3>Forecaster</h3>
      <DefinitionList
        rows={[
          ['Symbol', text('symbol')],
          ['Parameters', text('parameters')],
          ['Lookback', `${steps('lookback_steps')}, ${count(features)} features`],
          ['Horizon', steps('forecast_horizon_steps')],
          ['Quantiles', text('forecast_quantiles')],
          ['PatchTST', `d_model ${text('d_model')}, ${text('layers')} layers, ${text('n_heads')} heads`],
          ['Patches', `length ${text('patch_len')}, stride ${text('stride')}`],
          ['Scaler', manifest.scaler_source === 'package' ? 'of the package' : 'paperdesk’s default'],
        ]}
      />
      <h3>Policy</h3>
      <DefinitionList
        rows={[
          ['Layers', `${text('policy_layers')}, ${text('policy_activation')}`],
          ['Observation', `${text('observation_size')} values`],
          ['Action', `${text('action_size')} values`],
        ]}
      />
      <details class="manifest">
        <summary>Full manifest</summary>
        <pre class="user-text">{JSON.stringify(manifest, null, 2)}</pre>
      </details>
    </>
  );
}
