import type { SystemAnswer } from '../../../http/system/schema.ts';
import { Badge } from '../../components/badge.tsx';

const NAMES: Record<keyof SystemAnswer['parts'], string> = {
  market: 'Market',
  inference: 'Models',
  default_package: 'Default package',
  database: 'Database',
};

/** The parts of the service, each with a word and a sentence. */
export function PartStates({ parts }: { readonly parts: SystemAnswer['parts'] }) {
  return (
    <ul class="parts">
      {Object.entries(NAMES).map(([key, name]) => {
        const { ready, detail } = parts[key as keyof typeof NAMES];
        return (
          <li key={key}>
            <div>
              <h3>{name}</h3>
              <Badge tone={ready ? 'good' : 'bad'}>{ready ? 'Works' : 'Trouble'}</Badge>
            </div>
            <p class="soft foreign">{detail}</p>
          </li>
        );
      })}
    </ul>
  );
}
