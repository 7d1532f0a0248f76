import { packages } from '../data/packages.ts';
import { useSelectedPackage } from '../data/selected-package.ts';

/** Selects the package that all views show. */
export function PackageSelect() {
  const { id, selected, select } = useSelectedPackage();
  const all = packages.data.value ?? [];
  return (
    <label class="package-select">
      <span class="visually-hidden">Package</span>
      <select value={id} disabled={all.length === 0} onChange={(event) => select(event.currentTarget.value)}>
        {selected === undefined && (
          <option value={id}>{id === undefined ? 'No package' : `${id} (unknown)`}</option>
        )}
        {all.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name === one.id ? one.id : `${one.name} (${one.id})`}
            {one.status === 'ARCHIVED' ? ' · archived' : ''}
          </option>
        ))}
      </select>
    </label>
  );
}
