/** What the operator is told of without asking. */
export type AlertKind =
  | 'ACCOUNT_KILLED'
  | 'MARKET_STALE'
  | 'MARKET_RECOVERED'
  | 'WARMUP_ERROR'
  | 'WARMUP_RECOVERED'
  | 'LOOP_SILENT'
  | 'LOOP_RECOVERED';

export type AlertDetails = Readonly<Record<string, string | number | null>>;

/** Something worth telling. */
export interface NewAlert {
  /** Derived from what it is about, so that the same is never told twice. */
  readonly id: string;
  readonly kind: AlertKind;
  /** What it is about, for example `market:BTCUSDT`; alerts of one subject keep their order. */
  readonly subject: string;
  /** A sentence for a person. */
  readonly text: string;
  readonly details: AlertDetails;
}

/** An alert and how its delivery stands. Times in ms. */
export interface StoredAlert {
  readonly id: string;
  /** Grows with every alert. */
  readonly sequence: number;
  readonly kind: AlertKind;
  readonly subject: string;
  /** The JSON that is sent, the same at every attempt. */
  readonly body: string;
  readonly createdAt: number;
  readonly attempts: number;
  /** null: it is not sent any more, or never was to be. */
  readonly nextAttemptAt: number | null;
  readonly deliveredAt: number | null;
  /** What the receiver answered last; null where it did not. */
  readonly lastStatus: number | null;
  readonly lastError: string | null;
}

/** `off`: there was no receiver when it came up. */
export type DeliveryState = 'delivered' | 'pending' | 'given up' | 'off';

export function deliveryState(
  alert: Pick<StoredAlert, 'deliveredAt' | 'nextAttemptAt' | 'attempts'>,
): DeliveryState {
  if (alert.deliveredAt !== null) return 'delivered';
  if (alert.nextAttemptAt !== null) return 'pending';
  return alert.attempts > 0 ? 'given up' : 'off';
}

/** What is sent, as JSON. @param createdAt ms */
export function bodyOf({ id, kind, subject, text, details }: NewAlert, createdAt: number): string {
  return JSON.stringify({
    id,
    kind,
    subject,
    text,
    details,
    created_at: new Date(createdAt).toISOString(),
  });
}
