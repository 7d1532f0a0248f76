import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { Panel } from '../../components/panel.tsx';
import { DefinitionList } from '../../components/values.tsx';
import { pipelineOf } from '../../data/pipeline.ts';
import { count, counted, significant } from '../../format/numbers.ts';
import { duration, hours } from '../../format/time.ts';
import { differencesOf, proofText } from './proof.ts';

/** The fields of a manifest that this panel shows; the service completes them for every package. */
interface DeclaredPipeline {
  readonly feature_set: string;
  readonly feature_order: readonly string[];
  readonly lookback_steps: number;
  readonly history_candles: number;
  readonly forecast_horizon_steps: number;
  readonly forecast_quantiles: readonly number[];
  readonly forecast_features: 'steps' | 'fractions';
  readonly observation: readonly ('core' | 'forecast' | 'account')[];
  readonly observation_size: number;
  readonly max_hold_steps: number;
  readonly scaler_source: 'package' | 'default';
  readonly vec_normalize: VecNormalize | null;
}

interface VecNormalize {
  readonly norm_obs: boolean;
  readonly clip_obs?: number;
  readonly count?: number;
}

const BLOCKS = { core: 'features', forecast: 'forecast', account: 'account' };
const FORECAST_FEATURES = { steps: 'at fixed steps', fractions: 'at shares of the horizon' };

interface PipelinePanelProps {
  readonly one: ModelPackageAnswer;
}

/** What a package declares to happen between candles and actions, and whether it is proven. */
export function PipelinePanel({ one }: PipelinePanelProps) {
  const { proof } = one;
  const declared = one.manifest as unknown as DeclaredPipeline;
  const { decisionMs, intrabarMs } = pipelineOf(one.manifest);
  const candles = (steps: number) => `${counted(steps, 'candle')} (${duration(steps * decisionMs)})`;
  const horizon = declared.forecast_horizon_steps;
  const blocks = declared.observation.map((block) => BLOCKS[block]).join(', ');
  return (
    <Panel
      title="Pipeline"
      beside={<Badge tone={proof === null ? 'plain' : 'good'}>{proofText(proof)}</Badge>}
    >
      <DefinitionList
        rows={[
          [
            'Timeframe',
            `one decision per ${duration(decisionMs)} candle; stops and targets on ${duration(intrabarMs)} candles`,
          ],
          ['Features', `${count(declared.feature_order.length)}, ${declared.feature_set}`],
          ['Scaler', declared.scaler_source === 'package' ? 'of the package' : 'paperdesk’s default'],
          ['Lookback', candles(declared.lookback_steps)],
          ['History', `${candles(declared.history_candles)} behind every decision`],
          ['Horizon', `${counted(horizon, 'step')} (${hours(horizon * decisionMs)})`],
          ['Quantiles', declared.forecast_quantiles.join(' / ')],
          ['Forecast features', FORECAST_FEATURES[declared.forecast_features]],
          ['Observation', `${count(declared.observation_size)} values: ${blocks}`],
          ['Normalization', normalizationText(declared.vec_normalize)],
          ['Hold limit', candles(declared.max_hold_steps)],
        ]}
      />
      {proof !== null && (
        <details class="manifest">
          <summary>Differences from the proof</summary>
          <DefinitionList class="proof-differences" rows={differencesOf(proof)} />
        </details>
      )}
    </Panel>
  );
}

function normalizationText(normalize: VecNormalize | null): string {
  if (normalize === null) return 'none: no VecNormalize file';
  const { norm_obs, clip_obs, count: observations } = normalize;
  if (!norm_obs) return 'none: the VecNormalize file has norm_obs off';
  return [
    'VecNormalize',
    ...(clip_obs === undefined ? [] : [`clipped to ±${significant(clip_obs, 6)}`]),
    ...(observations === undefined ? [] : [`from ${counted(Math.round(observations), 'observation')}`]),
  ].join(', ');
}
