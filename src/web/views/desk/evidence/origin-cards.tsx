import type { AttributionAnswer, AttributionSumsAnswer } from '../../../../http/attribution/schema.ts';
import { BarTable } from '../../../components/bar-table.tsx';
import { resultParts, unknownSentence } from '../../../format/bookkeeping.ts';
import { Card } from './card.tsx';
import { barRow, confidenceGroups, hourGroups, reasonGroups } from './group-rows.ts';
import { exitHeadline, groupsHeadline, originHeadline } from './headlines.ts';

interface OriginProps {
  readonly origin: AttributionAnswer;
}

/** From the price move over costs to the result. */
export function OriginCard({ origin: { total, by_reason } }: OriginProps) {
  return (
    <Card
      headline={originHeadline(total)}
      detail={
        <>
          USDT. This is bookkeeping: with other costs the account would have traded other sizes.{' '}
          {by_reason.OPEN !== undefined && 'Open lots count at the newest price. '}
          {unknownSentence(total)}
        </>
      }
    >
      <BarTable caption="Parts of the result, USDT" rows={waterfall(total)} />
    </Card>
  );
}

/** Each part begins where the one before it ended; the result begins at 0. */
function waterfall(sums: AttributionSumsAnswer) {
  let reached = 0;
  const parts = resultParts(sums).map(({ label, amount }) => {
    const from = reached;
    reached += amount;
    return { label, amount, from };
  });
  return [...parts, { label: 'Result', amount: sums.net_usdt, isStrong: true }];
}

export function ExitCard({ origin: { by_reason } }: OriginProps) {
  return (
    <Card headline={exitHeadline(by_reason)} detail="USDT by how lots ended, lots in brackets">
      <BarTable caption="Result by exit, USDT" rows={reasonGroups(by_reason).map(barRow)} />
    </Card>
  );
}

export function ConfidenceCard({ origin: { by_confidence } }: OriginProps) {
  const groups = confidenceGroups(by_confidence);
  return (
    <Card
      headline={groupsHeadline(groups, 'share of agreement')}
      detail="USDT by how many of 100 sampled actions agreed with the entry, lots in brackets"
    >
      <BarTable caption="Result by agreement, USDT" rows={groups.map(barRow)} />
    </Card>
  );
}

export function HourCard({ origin: { by_hour } }: OriginProps) {
  const groups = hourGroups(by_hour);
  return (
    <Card
      headline={groupsHeadline(groups, 'hour of entry')}
      detail="USDT by UTC hour of the entry, lots in brackets. Lots of one position are one bet."
    >
      <BarTable caption="Result by hour of entry, USDT" rows={groups.map(barRow)} />
    </Card>
  );
}
