import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { DefinitionList } from '../../components/values.tsx';
import { count, counted, NO_VALUE } from '../../format/numbers.ts';

/** The forecaster and the policy as the manifest describes them, and the manifest itself. */
export function ManifestSummary({ manifest }: Pick<ModelPackageAnswer, 'manifest'>) {
  const text = (field: string) => {
    const value = manifest[field];
    if (Array.isArray(value)) return value.join(' / ');
    return typeof value === 'number' ? count(value) : typeof value === 'string' ? value : NO_VALUE;
  };
  const number = (field: string, noun: string) => counted(Number(manifest[field]), noun);
  return (
    <>
      <h3>Forecaster</h3>
      <DefinitionList
        rows={[
          ['Symbol', text('symbol')],
          ['Parameters', text('parameters')],
          [
            'PatchTST',
            `d_model ${text('d_model')}, ${number('layers', 'layer')}, ${number('n_heads', 'head')}`,
          ],
          ['Patches', `length ${text('patch_len')}, stride ${text('stride')}`],
        ]}
      />
      <h3>Policy</h3>
      <DefinitionList
        rows={[
          ['Layers', `${text('policy_layers')}, ${text('policy_activation')}`],
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
