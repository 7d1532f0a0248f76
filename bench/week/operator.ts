import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { formOf } from '../../test/helper/cluster/accounts.ts';
import { waitFor } from '../../test/helper/wait.ts';
import type { TestDisk } from '../../test/hostile/test-disk.ts';
import type { Desk } from './desk.ts';
import type { Observer } from './observer.ts';

/** What an operator does, and what happens to the installation. */
export interface Operator {
  waitUntil(time: number): Promise<void>;
  /** Uploads packages and lets the service trade them. */
  tradePackages(): Promise<void>;
  killAndStart(): Promise<void>;
  /** The exchange answers nothing until `over`. */
  exchangeOutage(over: () => Promise<void>): Promise<void>;
  /** The loop is dead until `over`. */
  lostLoop(over: () => Promise<void>): Promise<void>;
  fullDisk(disk: TestDisk, over: () => Promise<void>): Promise<void>;
  /** Moves store and packages by `move-store`, and starts the service there. */
  moveTo(store: string, packages: string): Promise<void>;
  /** Backs up beside the service, and restores to another place. */
  backUpAndRestore(folder: string): Promise<void>;
}

const PACKAGES = ['gamma', 'delta', 'zeta'] as const;
const FOREVER = 1e9;

/** At this speed some ms of a request are a clock that is wrong by many seconds. */
const isFastClock = (detail: string) => detail.startsWith("The exchange's clock is");

interface Ready {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, { readonly ready: boolean; readonly detail: string }>>;
}

export function createOperator(desk: Desk, observer: Observer): Operator {
  const { note } = observer;

  async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(`${desk.url}${path}`, init);
    const body: unknown = await answer.json();
    // An overloaded service has done nothing: its limit is half a second at this speed.
    if ((body as { code?: string }).code === 'OVERLOADED') return ask(path, init);
    return { status: answer.status, body };
  }
  const send = (method: string, path: string, json: object) =>
    ask(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) });

  /** Waits until `/ready` says so, with the status that is promised for it. */
  async function waitUntilReady(isReady: boolean): Promise<void> {
    let told = '';
    await waitFor(
      `/ready says ${isReady}`,
      () => ask('/ready'),
      ({ status, body }) => {
        const { ready, parts } = body as Partial<Ready>;
        if (ready === undefined || parts === undefined) {
          observer.violations.push(`/ready is ${status}: ${JSON.stringify(body)}`);
          return false;
        }
        if (status !== (ready ? 200 : 503)) observer.violations.push(`/ready is ${status} and says ${ready}`);
        const reasons = Object.values(parts).filter((part) => !part.ready && !isFastClock(part.detail));
        const reason = reasons
          .map(({ detail }) => detail.replace(/[\d.]+ (s|minutes)/, 'some time'))
          .join(' ');
        if (reason !== told && reason !== '') note(`/ready is ${status}: ${reason}`);
        told = reason;
        return (reasons.length === 0) === isReady;
      },
    );
    if (isReady) note('/ready says that all is well');
  }

  /** Waits until the newest alert about a subject is of this kind. */
  async function waitForAlert(kind: string, subject: string): Promise<void> {
    await waitFor(
      `${kind} of ${subject}`,
      async () => {
        await observer.readAlerts();
        return observer.alerts.findLast((alert) => alert.subject === subject);
      },
      (newest) => newest?.kind === kind,
    );
    note(`${kind}: ${observer.alerts.findLast((alert) => alert.subject === subject)?.text}`);
  }

  return {
    async waitUntil(time) {
      while (desk.now() < time) await delay(20);
    },

    async tradePackages() {
      await waitUntilReady(true);
      for (const id of PACKAGES) {
        const { status } = await ask('/model-packages/upload', {
          method: 'POST',
          body: await formOf(id, id),
        });
        if (status !== 201) throw new Error(`The upload of ${id} was answered ${status}.`);
      }
      for (const id of ['beta', ...PACKAGES])
        await send('PATCH', `/model-packages/${id}`, { auto_trade: true });
    },

    async killAndStart() {
      note('kill -9, and a start');
      await desk.endService('SIGKILL');
      await desk.startService();
      await waitUntilReady(true);
    },

    async exchangeOutage(over) {
      note('the exchange answers 503 only');
      desk.exchange.faults.add({ endpoint: '*', fault: { kind: 'status', status: 503 }, times: FOREVER });
      desk.exchange.stream.silence();
      await waitForAlert('MARKET_STALE', 'market:BTCUSDT');
      await waitUntilReady(false);
      await over();
      note('the exchange answers again');
      desk.exchange.faults.clear();
      desk.exchange.stream.resume();
      await waitForAlert('MARKET_RECOVERED', 'market:BTCUSDT');
      await waitUntilReady(true);
    },

    async lostLoop(over) {
      note('the loop ends');
      await desk.endLoop();
      await waitForAlert('LOOP_SILENT', 'loop:paper_ppo_v1');
      await over();
      note('the loop is started');
      desk.startLoop(desk.url);
      await waitForAlert('LOOP_RECOVERED', 'loop:paper_ppo_v1');
    },

    async fullDisk(disk, over) {
      note('the disk is full');
      const pid = desk.service.child.pid!;
      disk.fill(pid);
      const full = await ask('/model-packages/upload', {
        method: 'POST',
        body: await formOf('full', 'gamma'),
      });
      if (full.status !== 507)
        observer.violations.push(`on a full disk an upload is answered ${full.status}`);
      note(`an upload is answered ${full.status}: ${(full.body as { detail: string }).detail}`);
      await over();
      disk.free(pid);
      note('the disk has room again');
      await waitForAlert('DISK_RECOVERED', 'disk:store');
      note(`before: ${observer.alerts.findLast(({ kind }) => kind === 'DISK_LOW')?.text}`);
      await waitUntilReady(true);
      const { status } = await send('POST', '/paper/account/create', { model_id: 'paper_after' });
      if (status !== 201) observer.violations.push(`after a full disk a write is answered ${status}`);
    },

    async moveTo(store, packages) {
      note('the service stops in order');
      const code = await desk.endService('SIGTERM');
      if (code !== 0) observer.violations.push(`the service ended with ${code} after SIGTERM`);
      const printed = await desk.command(
        ...['move-store', '--from', desk.settings.DATABASE_URL!, '--to', store, '--packages-to', packages],
      );
      note(`move-store: ${printed.trim().split('\n').at(-1)}`);
      desk.settings = { ...desk.settings, DATABASE_URL: store, MODEL_PACKAGES_DIR: packages };
      await desk.startService();
      await waitUntilReady(true);
    },

    async backUpAndRestore(folder) {
      const backup = join(folder, 'backup');
      note(`backup: ${(await desk.command('backup', '--to', backup)).trim()}`);
      const settings = desk.settings;
      desk.settings = {
        ...settings,
        DATABASE_URL: `file:${join(folder, 'restored.sqlite')}`,
        MODEL_PACKAGES_DIR: join(folder, 'restored-packages'),
      };
      const restored = await desk.command('restore', '--from', backup).finally(() => {
        desk.settings = settings;
      });
      note(`restore: ${restored.trim().split('\n')[0]}`);
    },
  };
}
