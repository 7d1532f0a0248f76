import type { SystemAnswer } from '../../../http/system/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { PART_LABELS } from './part-labels.ts';

/** Whether each part of the service is ready, with the reason. */
export function Readiness({ parts }: Pick<SystemAnswer, 'parts'>) {
  return (
    <ul class="readiness">
      {Object.entries(PART_LABELS).map(([key, label]) => {
        const { ready, detail } = parts[key as keyof typeof PART_LABELS];
        return (
          <li key={key}>
            <div class="row">
              <h3>{label}</h3>
              <Badge tone={ready ? 'good' : 'bad'}>{ready ? 'Ready' : 'Not ready'}</Badge>
            </div>
            <p class="muted user-text">{detail}</p>
          </li>
        );
      })}
    </ul>
  );
}
