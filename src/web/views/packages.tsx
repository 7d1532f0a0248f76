import './packages/packages.css';
import { useRoute } from 'preact-iso/router';
import { PackageDetail } from './packages/package-detail.tsx';
import { PackageList } from './packages/package-list.tsx';

/** The uploaded pairs of forecaster and policy: all of them, or one. */
export function Packages() {
  const { id } = useRoute().params;
  return id === undefined ? <PackageList /> : <PackageDetail key={id} id={id} />;
}
