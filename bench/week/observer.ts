import { statSync } from 'node:fs';
import { residentMegabytes } from '../../test/hostile/process-usage.ts';
import type { Desk } from './desk.ts';
import type { AccountRows } from './ledgers.ts';

/** An alert as `GET /alerts` has it. */
export interface SeenAlert {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly text: string;
  readonly created_at: string;
}

/** What a day ended with. */
export interface DayEnd {
  readonly day: number;
  readonly residentMb: number;
  readonly storeMb: number;
}

/** Writes down what happens in the week. */
export interface Observer {
  readonly violations: string[];
  readonly days: readonly DayEnd[];
  readonly alerts: readonly SeenAlert[];
  /** Prints a sentence with the day and time of the week. */
  note(sentence: string): void;
  /** Measures memory and store. */
  endDay(day: number): void;
  /** Reads the alerts of a service. */
  readAlerts(url?: string): Promise<void>;
  /** All as tables. */
  report(accounts: readonly AccountRows[]): string;
}

const MB = 2 ** 20;

/** @param start when the week begins, ms */
export function createObserver(desk: Desk, start: number): Observer {
  const violations: string[] = [];
  const days: DayEnd[] = [];
  let alerts: SeenAlert[] = [];
  const shownTime = (time: number) => {
    const hours = (time - start) / 3_600_000;
    const clock = new Date(Math.max(0, time - start)).toISOString().slice(11, 16);
    return `day ${Math.floor(hours / 24) + 1} ${clock}`;
  };
  return {
    ...{ violations, days },
    get alerts() {
      return alerts;
    },
    note: (sentence) => console.log(`${shownTime(desk.now())}  ${sentence}`),
    endDay(day) {
      const file = desk.settings.DATABASE_URL!.replace('file:', '');
      days.push({
        day,
        // Whether its inference processes run at this moment depends on the last poll, and what they take has a budget.
        residentMb: residentMegabytes(desk.service.child.pid!),
        storeMb: statSync(file).size / MB,
      });
    },
    async readAlerts(url = desk.url) {
      const answer = await fetch(`${url}/alerts?limit=200`);
      // An overloaded service answers 503; the next time is soon.
      if (answer.ok) alerts = ((await answer.json()) as { items: SeenAlert[] }).items.toReversed();
    },
    report(accounts) {
      const lines = days.map(
        ({ day, residentMb, storeMb }) =>
          `| ${day} | ${residentMb.toFixed(0)} MB | ${storeMb.toFixed(1)} MB |`,
      );
      const told = alerts.map(
        ({ kind, subject, created_at }) => `| ${shownTime(Date.parse(created_at))} | ${kind} | ${subject} |`,
      );
      const rows = accounts.map(({ id, decided, reasons, lots, lines: ledger, wallet, ledgerSum }) => {
        const why = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`);
        const difference = Math.abs(wallet - ledgerSum).toExponential(1);
        return `| ${[id, decided, why.join(', '), lots, ledger, wallet.toFixed(2), difference].join(' | ')} |`;
      });
      return [
        ...['', '| end of day | memory of the service | store |', '|---|---|---|', ...lines],
        ...['', '| alert at | kind | subject |', '|---|---|---|', ...told],
        ...[
          '',
          '| account | decided | not decided | lots | ledger lines | wallet | off by |',
          '|---|---|---|---|---|---|---|',
        ],
        ...[...rows, ''],
      ].join('\n');
    },
  };
}
