import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { SelectField } from '../../components/fields.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { DefinitionList } from '../../components/values.tsx';
import { sendJson } from '../../data/api.ts';
import { packages } from '../../data/packages.ts';
import { withSegments } from '../../data/urls.ts';
import { useCommand } from '../../data/use-command.ts';
import { fixed, NO_VALUE, percent } from '../../format/numbers.ts';

const OPTIONS = [
  ['default', 'Default of the service (MODEL_WEIGHTS)'],
  ['float32', 'float32, as trained'],
  ['int8', 'int8, if exact enough'],
] as const;

/** The weights that forecasts are computed with, and the trial of 8-bit weights (forecast-and-policy.md#14). */
export function WeightsForm({ one: { id, weights } }: { readonly one: ModelPackageAnswer }) {
  const { isBusy, error, run } = useCommand();
  const { wanted, used, trial } = weights;
  const share = (value: number | null) => `${percent(value && value * 100, 3)} of the band width`;
  const time = (ms: number | null) => (ms === null ? NO_VALUE : `${fixed(ms, 1)} ms`);
  const select = (value: string) =>
    run(async () => {
      await sendJson('PATCH', withSegments('/model-packages', id), { weights: value });
      packages.reload();
    });
  return (
    <>
      <ErrorNotice error={error} />
      <SelectField
        label="Compute with"
        value={wanted}
        disabled={isBusy}
        options={OPTIONS}
        hint={`In use: ${used}.`}
        onChange={(value) => void select(value)}
      />
      {trial !== null && (
        <DefinitionList
          rows={[
            ['Trial', trial.reason ?? 'Exact enough: 8-bit weights are used.'],
            ['Error of the worst window', share(trial.error)],
            ['Largest error of a number', share(trial.largest_error)],
            ['Time per forecast', `${time(trial.float32_ms)} float32, ${time(trial.int8_ms)} int8`],
          ]}
        />
      )}
    </>
  );
}
