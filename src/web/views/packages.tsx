import './packages/packages.css';
import { useRoute } from 'preact-iso/router';
import { PackageDetail } from './packages/package-detail.tsx';
import { PackageList } from './packages/package-list.tsx';

/** All packages, or one of them. */
export function Packages() {
  const { id } = useRoute().params;
  return id === undefined ? <PackageList /> : <PackageDetail key={id} id={id} />;
}
