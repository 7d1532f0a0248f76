import type { PackageDriftAnswer } from '../../../../http/packages/drift-schema.ts';
import { counted, oneDecimal, signed } from '../../../format/numbers.ts';
import { packageAddress } from '../../../views.ts';
import { Card } from './card.tsx';

/** So many features are shown; the package's page has all. */
const SHOWN = 5;
/** Deviations at the ends of the scale. */
const SCALE = 4;
const [WIDTH, HEIGHT] = [100, 14];

/** How far the features are from those of training, the worst first. */
export function DriftCard({ drift }: { readonly drift: PackageDriftAnswer }) {
  const { day, features, alerts } = drift;
  if (day === null || features.length === 0)
    return <Card headline="Features are compared with training after the first whole day" />;
  const sentences = alerts.flatMap((alert) => alert.sentences);
  return (
    <Card
      headline={
        sentences[0] ?? `None of ${counted(features.length, 'feature')} has left its training range for long`
      }
      detail={
        <>
          Mean of the last week{features[0]!.week === null && ', or of the day'} in deviations of training, −
          {SCALE} to {SCALE}, until {day}. <a href={packageAddress(drift.package)}>All features</a>
        </>
      }
    >
      <table class="bar-table drift-table">
        <caption class="visually-hidden">Features farthest from training, in deviations</caption>
        <tbody>
          {features.slice(0, SHOWN).map(({ feature, week, day: last, state }) => (
            <tr key={feature}>
              <th scope="row">
                <code>{feature}</code>
              </th>
              <td aria-hidden="true">
                <DeviationMark z={(week ?? last).z} isOn={state !== null} />
              </td>
              <td class="number">{signed((week ?? last).z, oneDecimal)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function DeviationMark({ z, isOn }: { readonly z: number; readonly isOn: boolean }) {
  const x = ((Math.max(-SCALE, Math.min(SCALE, z)) + SCALE) / (2 * SCALE)) * WIDTH;
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <rect class="fill-sunken" width={WIDTH} height={HEIGHT} />
      <line class="spark-zero" x1={WIDTH / 2} x2={WIDTH / 2} y1="0" y2={HEIGHT} />
      <rect
        class={isOn ? 'fill-warn' : 'fill-text'}
        x={Math.min(WIDTH - 2, Math.max(0, x - 1))}
        width="2"
        height={HEIGHT}
      />
    </svg>
  );
}
