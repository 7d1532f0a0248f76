import './factor-models/factor-models.css';
import { useRoute } from 'preact-iso/router';
import { access } from '../data/access.ts';
import { ModelDetail } from './factor-models/model-detail.tsx';
import { ModelList } from './factor-models/model-list.tsx';
import { PasswordRequired } from './factor-models/password-required.tsx';
import { SymbolDetail } from './factor-models/symbol-detail.tsx';

/** All factor models, one of them, or one symbol of it. */
export function FactorModels() {
  if (access.value !== 'session') return <PasswordRequired />;
  return (
    <div class="stack lines">
      <Selected />
    </div>
  );
}

function Selected() {
  const { name, symbol } = useRoute().params;
  if (name === undefined) return <ModelList />;
  if (symbol === undefined) return <ModelDetail key={name} name={name} />;
  return <SymbolDetail key={`${name}/${symbol}`} name={name} symbol={symbol} />;
}
