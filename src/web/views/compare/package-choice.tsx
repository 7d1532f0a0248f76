import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { CheckboxField } from '../../components/fields.tsx';

interface PackageChoiceProps {
  readonly packages: readonly ModelPackageAnswer[];
  readonly chosen: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
}

/** Chooses one or more packages. */
export function PackageChoice({ packages, chosen, onChange }: PackageChoiceProps) {
  return (
    <fieldset class="package-choice">
      <legend>Packages</legend>
      {packages.map(({ id, name }) => (
        <CheckboxField
          key={id}
          label={packages.filter((one) => one.name === name).length > 1 ? `${name} (${id})` : name}
          checked={chosen.includes(id)}
          onChange={(isChosen) => onChange(isChosen ? [...chosen, id] : chosen.filter((one) => one !== id))}
        />
      ))}
    </fieldset>
  );
}
