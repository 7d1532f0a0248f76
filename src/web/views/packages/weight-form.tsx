import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { SelectField } from '../../components/fields.tsx';
import { Facts } from '../../components/figures.tsx';
import { ErrorNote } from '../../components/notes.tsx';
import { sendJson } from '../../data/api.ts';
import { packages } from '../../data/packages.ts';
import { useSubmit } from '../../data/use-submit.ts';
import { fixed, NOTHING, percent } from '../../format/numbers.ts';

const CHOICES = [
  { value: 'default', label: 'As the service decides (MODEL_WEIGHTS)' },
  { value: 'float32', label: 'float32, as trained' },
  { value: 'int8', label: 'int8, if exact enough' },
];

/** What a package's forecasts are computed with, and how the 8-bit form fared. */
export function WeightForm({ one: { id, weights } }: { readonly one: ModelPackageAnswer }) {
  const { isBusy, error, run } = useSubmit();
  const { wanted, used, trial } = weights;
  const share = (value: number | null) => (value === null ? NOTHING : percent(value * 100, 3));
  const time = (ms: number | null) => (ms === null ? NOTHING : `${fixed(ms, 1)} ms`);
  return (
    <>
      {error !== undefined && <ErrorNote error={error} />}
      <SelectField
        label="Computed with"
        value={wanted}
        disabled={isBusy}
        options={CHOICES}
        hint={`Used now: ${used}.`}
        onChange={(value) =>
          void run(async () => {
            await sendJson('PATCH', `/model-packages/${encodeURIComponent(id)}`, { weights: value });
            packages.reload();
          })
        }
      />
      {trial !== null && (
        <Facts
          rows={[
            ['Trial', trial.reason ?? 'Exact enough: 8-bit weights are used.'],
            ['Difference of the worst window', `${share(trial.error)} of the band’s width`],
            ['Largest difference of a number', `${share(trial.largest_error)} of the band’s width`],
            ['One forecast', `${time(trial.float32_ms)} float32, ${time(trial.int8_ms)} int8`],
          ]}
        />
      )}
    </>
  );
}
